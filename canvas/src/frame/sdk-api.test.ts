import { api, ApiError } from '@atoll/sdk'
import { apiPath } from '@atoll/sdk/api.ts'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => void vi.unstubAllGlobals())

function answer(status: number, body: string | null): void {
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(body, { status }))))
}

test.each([
  ['tasks', '/api/tasks'],
  ['/tasks', '/api/tasks'],
  ['/api/tasks', '/api/tasks'],
  ['./api/tasks', '/api/tasks'],
  ['/api', '/api/'],
  ['', '/api/'],
  ['/apiary', '/api/apiary'],
])('%j is %s', (path, full) => {
  expect(apiPath(path)).toBe(full)
})

test('answers are parsed, and an empty one is undefined', async () => {
  answer(200, '{"id":1}')
  expect(await api.get('/tasks/1')).toEqual({ id: 1 })
  answer(204, null)
  expect(await api.delete('/tasks/1')).toBeUndefined()
})

test.each([
  [422, '{"error":"Title is missing"}', 'Title is missing'],
  [422, '{"error":{"message":"Title is missing"}}', 'Title is missing'],
  [504, '{"title":"Out of CPU","detail":"The app used more than cpu_ms = 50."}', 'The app used more than cpu_ms = 50.'],
  [400, 'bad date', 'bad date'],
  [502, '<html>…</html>', 'The app answered with status 502.'],
])('a %i with %s says: %s', async (status, body, message) => {
  answer(status, body)
  const failure = await api.post('/tasks', {}).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApiError)
  expect(failure).toMatchObject({ status, message })
})

test('no answer is an ApiError with status 0', async () => {
  vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('failed'))))
  await expect(api.get('/tasks')).rejects.toMatchObject({ name: 'ApiError', status: 0 })
})
