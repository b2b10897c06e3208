import { expect, test } from 'vitest'
import { Api, ApiProblem } from './api.ts'

const api = (answer: () => Promise<Response>): Api => new Api(answer)
const answers = (status: number, body: string | null): Api => api(() => Promise.resolve(new Response(body, { status })))

test.each<[string, Api, number, string]>([
  ['no host', api(() => Promise.reject(new TypeError('failed'))), 0, 'The host does not answer. Is it running?'],
  ['an answer that breaks off', api(() => Promise.resolve(new Response(new ReadableStream({ start: (controller) => controller.error(new Error('gone')) })))), 0, 'The host does not answer. Is it running?'],
  ['a page of something else', answers(200, '<html>'), 200, "The answer to GET /api/v1/apps is no JSON. Is something else listening at the host's address?"],
  ['a problem document', answers(404, '{"status":404,"title":"Not found","detail":"There is no app \\"x\\"."}'), 404, 'There is no app "x".'],
  ['a bare status', answers(502, '<html>'), 502, 'The host answered with status 502.'],
])('%s is an ApiProblem', async (_what, host, status, message) => {
  const failure = await host.apps().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApiProblem)
  expect(failure).toMatchObject({ status, message })
})

test('an app whose name is none is left out', async () => {
  const apps = await answers(200, '{"apps":[{"name":"todo"},{"name":"../x"},null,7]}').apps()
  expect(apps.map((app) => app.name)).toEqual(['todo'])
})
