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
  ['/tasks?done=1', '/api/tasks?done=1'],
  ['/api?done=1', '/api/?done=1'],
  ['?done=1', '/api/?done=1'],
  ['//evil.example/x', '/api/evil.example/x'],
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

test('an answer that breaks off is no answer', async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new TypeError('network')) })
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(broken))))
  await expect(api.get('/tasks')).rejects.toMatchObject({ name: 'ApiError', status: 0 })
})

test.each([
  ['get', 'GET', undefined],
  ['post', 'POST', { title: 'Tea' }],
  ['put', 'PUT', { title: 'Tea' }],
  ['patch', 'PATCH', { done: true }],
  ['delete', 'DELETE', undefined],
] as const)('api.%s sends a %s with its body as JSON', async (name, method, body) => {
  answer(200, '{}')
  await api[name]('/tasks/1', body)
  const init = vi.mocked(fetch).mock.calls[0]?.[1]
  expect(init?.method).toBe(method)
  expect(init?.body).toBe(body && JSON.stringify(body))
  expect(new Headers(init?.headers).get('content-type')).toBe(body ? 'application/json' : null)
})
