import { expect, test } from 'vitest'
import { ownAddress, ownFetch, TOKEN_HEADER } from './own-fetch.ts'

const own = { api: '/apps/todo/api', events: '/apps/todo/events', token: 'secret' }
const base = 'http://127.0.0.1:8787/apps/todo/'
const api = 'http://127.0.0.1:8787/apps/todo/api'

test.each([
  ['/api/tasks', `${api}/tasks`],
  ['api/tasks', `${api}/tasks`],
  ['./api/tasks?done=1', `${api}/tasks?done=1`],
  ['/api', api],
  ['/apps/todo/api/tasks', `${api}/tasks`],
  ['http://127.0.0.1:8787/api/tasks', `${api}/tasks`],
  ['/api/a/../b', `${api}/b`],
  ['/apps/todo/events', 'http://127.0.0.1:8787/apps/todo/events'],
])("%s is the app's own", (address, url) => {
  expect(ownAddress(address, own, base)).toEqual({ url, isOwn: true })
})

test.each([
  'https://evil.example/api/tasks',
  'http://127.0.0.1:9999/apps/todo/api/tasks',
  '/apps/bank/api/accounts',
  '/apps/todo/api/../../bank/api/accounts',
  '/apps/todo/api/%2e%2e/%2e%2e/bank/api/accounts',
  '/apps/todo/apiary',
  '/apis/x',
  'data:text/plain,x',
  'http://[',
])('%s is not', (address) => {
  expect(ownAddress(address, own, base).isOwn).toBe(false)
})

/** `/api/../x` leaves the folder before it is looked at. */
test('a path that climbs out of /api is not rewritten', () => {
  expect(ownAddress('/api/../healthz', own, base)).toEqual({ url: 'http://127.0.0.1:8787/healthz', isOwn: false })
})

interface Sent {
  readonly url: string
  readonly init: RequestInit | undefined
}

function recorder() {
  const sent: Sent[] = []
  const native = ((input: RequestInfo | URL, init?: RequestInit) => {
    sent.push({ url: input instanceof Request ? input.url : String(input), init })
    return Promise.resolve(new Response('{}'))
  }) as typeof fetch
  return { sent, fetch: ownFetch(native, own, base) }
}

test('own calls carry the token and keep what the caller set', async () => {
  const { sent, fetch } = recorder()
  await fetch('/api/tasks', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', [TOKEN_HEADER]: 'forged' } })
  const headers = new Headers(sent[0]?.init?.headers)
  expect(sent[0]?.url).toBe(`${api}/tasks`)
  expect(headers.get(TOKEN_HEADER)).toBe('secret')
  expect(headers.get('content-type')).toBe('application/json')
  expect(sent[0]?.init?.method).toBe('POST')
})

test('no other address gets the token', async () => {
  const { sent, fetch } = recorder()
  const init = { headers: { accept: 'text/plain' } }
  await fetch('https://evil.example/', init)
  await fetch(new URL('/apps/bank/api/', base))
  expect(sent[0]?.init).toBe(init)
  expect(new Headers(sent[1]?.init?.headers).has(TOKEN_HEADER)).toBe(false)
})

test('a Request keeps its method, headers and body', async () => {
  const { sent, fetch } = recorder()
  await fetch(new Request(`${base.slice(0, -'/apps/todo/'.length)}/api/tasks`, { method: 'PUT', body: 'text', headers: { 'x-mine': '1' } }))
  const init = sent[0]?.init
  expect(sent[0]?.url).toBe(`${api}/tasks`)
  expect(init?.method).toBe('PUT')
  expect(new Headers(init?.headers).get('x-mine')).toBe('1')
  expect(new TextDecoder().decode(init?.body as ArrayBuffer)).toBe('text')
})

test('a Request keeps its body in a browser that does not show it', async () => {
  const { sent, fetch } = recorder()
  const request = new Request(`${api}/tasks`, { method: 'POST', body: 'text' })
  Object.defineProperty(request, 'body', { value: undefined })
  await fetch(request)
  expect(new TextDecoder().decode(sent[0]?.init?.body as ArrayBuffer)).toBe('text')
})
