import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Socket } from './bus-client.ts'
import { Session } from './session.ts'

let apps: object[]
let layout: object
let isAway: boolean
let asked: string[]
let listeners: { type: string; run: (event: { data: unknown }) => void }[]
let session: Session

beforeEach(() => {
  vi.useFakeTimers()
  apps = []
  layout = { nodes: {} }
  isAway = false
  asked = []
  listeners = []
  session = new Session({ fetch: hostFetch as typeof fetch, openSocket, storage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined } })
})
afterEach(() => {
  session.stop()
  vi.useRealTimers()
})

async function hostFetch(path: string, init: RequestInit): Promise<Response> {
  asked.push(`${init.method} ${path}`)
  if (isAway) return new Response('', { status: 503 })
  if (init.method === 'DELETE') return new Response(null, { status: 204 })
  if (init.method === 'PUT') {
    layout = JSON.parse(String(init.body))
    return new Response(null, { status: 204 })
  }
  return new Response(JSON.stringify(path.endsWith('/layout') ? layout : { apps }))
}

const openSocket = (): Socket => ({
  addEventListener: (type: string, run: (event: { data: unknown }) => void) => void listeners.push({ type, run }),
  send: () => undefined,
  close: () => undefined,
})
const say = (message: object): void => {
  for (const { type, run } of listeners) if (type === 'message') run({ data: JSON.stringify(message) })
}
/** Lets what is under way come to its end. */
const rest = (time_ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(time_ms)
const rect = (x: number) => ({ x, y: 0, width: 300, height: 200 })
const names = (): string[] => session.apps.get().map((app) => app.name)

async function start(): Promise<void> {
  void session.start()
  say({ kind: 'hello', sequence: 0 })
  await rest()
}

test('each app gets a free place, also one named like a property of every object; it is saved', async () => {
  apps = [{ name: 'constructor' }, { name: 'todo' }]
  await start()
  const [a, b] = [session.layout.placeOf('constructor'), session.layout.placeOf('todo')]
  expect(a && b && (a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y)).toBe(true)
  await rest(1_000)
  expect(layout).toEqual({ nodes: { constructor: a, todo: b }, viewport: null })
})

test('a layout saved by a browser that does not know an app yet does not hide that app', async () => {
  apps = [{ name: 'todo' }, { name: 'notes' }]
  layout = { nodes: { todo: rect(0), notes: rect(900) } }
  await start()
  say({ kind: 'layout', layout: { nodes: { todo: rect(50) } } })
  expect(session.layout.layout.get().nodes).toEqual({ todo: rect(50), notes: rect(900) })
})

test('while the connection stands, a refresh that failed is tried again', async () => {
  await start()
  apps = [{ name: 'todo' }]
  isAway = true
  say({ kind: 'app', change: 'deployed', app: 'todo', revision: 1 })
  await rest()
  expect(names()).toEqual([])
  isAway = false
  await rest(2_000)
  expect(names()).toEqual(['todo'])
  asked = []
  await rest(60_000)
  expect(asked.filter((request) => request.startsWith('GET'))).toEqual([])
})

test('a host that is away at first is said to be, and found when it comes', async () => {
  isAway = true
  void session.start()
  await rest()
  expect(session.loaded.get()).toBe('failed')
  isAway = false
  say({ kind: 'hello', sequence: 0 })
  await rest()
  expect(session.loaded.get()).toBe('ready')
})

test('a deleted app leaves nothing behind, here or in the saved layout', async () => {
  apps = [{ name: 'todo' }, { name: 'notes' }]
  layout = { nodes: { todo: rect(0), notes: rect(900) } }
  await start()
  const todo = session.apps.get().find((app) => app.name === 'todo')
  if (todo) session.addPageError(todo, 'broke')
  apps = [{ name: 'notes' }]
  await session.deleteApp('todo')
  expect([names(), session.pageErrors.get().size]).toEqual([['notes'], 0])
  await rest(1_000)
  expect(layout).toMatchObject({ nodes: { notes: rect(900) } })
  expect(Object.keys((layout as { nodes: object }).nodes)).toEqual(['notes'])
})

test('an app deleted elsewhere is forgotten too', async () => {
  apps = [{ name: 'todo' }]
  layout = { nodes: { todo: rect(0) } }
  await start()
  apps = []
  layout = { nodes: {} }
  say({ kind: 'app', change: 'deleted', app: 'todo' })
  await rest()
  expect([names(), session.layout.placeOf('todo')]).toEqual([[], undefined])
})

test('only the last few notices are kept', () => {
  for (let i = 0; i < 10; i += 1) session.notify('info', String(i))
  expect(session.notices.get().map((notice) => notice.text)).toEqual(['7', '8', '9'])
})
