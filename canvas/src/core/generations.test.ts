import { beforeEach, expect, test, vi } from 'vitest'
import { Api } from './api.ts'
import { Generations } from './generations.ts'

const KEY = 'atoll.generation'
let kept: Map<string, string>
let notices: string[]
let completed: number
let streams: Map<string, ReadableStreamDefaultController<Uint8Array>>
let starts: ((id: string) => void)[]

beforeEach(() => {
  kept = new Map()
  notices = []
  completed = 0
  streams = new Map()
  starts = []
})

/** A host that starts a generation when the test says so, and streams what the test says. */
function hostFetch(path: string): Promise<Response> {
  if (path === '/api/v1/generations') return new Promise((resolve) => starts.push((id) => resolve(new Response(JSON.stringify({ id }), { status: 202 }))))
  const id = path.split('/').at(-2) ?? ''
  if (id === 'unknown') return Promise.resolve(new Response('{"detail":"There is no generation unknown."}', { status: 404 }))
  return Promise.resolve(new Response(new ReadableStream({ start: (controller) => void streams.set(id, controller) })))
}

function generations(): Generations {
  return new Generations({
    api: new Api(hostFetch as typeof fetch),
    storage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text), removeItem: (key) => void kept.delete(key) },
    notify: (kind, text) => notices.push(`${kind}: ${text}`),
    onComplete: async () => void (completed += 1),
  })
}

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

async function begin(all: Generations, prompt: string, id: string): Promise<void> {
  void all.start(prompt)
  starts.shift()?.(id)
  await vi.waitFor(() => expect(streams.has(id)).toBe(true))
}

function say(id: string, ...messages: [event: string, data: object][]): void {
  for (const [index, [event, data]] of messages.entries()) {
    streams.get(id)?.enqueue(new TextEncoder().encode(`id: ${index + 1}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
  }
}
const complete = (id: string, title: string): void => say(id, ['result', { app: 'x', title }], ['state', { state: 'complete', elapsed_ms: 5 }])
const remembered = (): unknown => JSON.parse(kept.get(KEY) ?? 'null')

test('a generation is remembered while it runs and forgotten at its end', async () => {
  const all = generations()
  await begin(all, 'a todo list', 'g1')
  expect(remembered()).toEqual({ id: 'g1', prompt: 'a todo list' })
  complete('g1', 'Todo list')
  await vi.waitFor(() => expect(all.shown.get()?.status).toBe('complete'))
  await vi.waitFor(() => expect(completed).toBe(1))
  expect([kept.size, notices]).toEqual([0, []])
})

test('one that was put away before the host had answered stays away, and says how it ended', async () => {
  const all = generations()
  void all.start('a todo list')
  all.dismiss()
  starts.shift()?.('g1')
  await vi.waitFor(() => expect(streams.has('g1')).toBe(true))
  expect([all.shown.get(), kept.size]).toEqual([null, 0])
  complete('g1', 'Todo list')
  await vi.waitFor(() => expect(notices).toEqual(['info: Todo list is ready.']))
  expect(all.shown.get()).toBeNull()
})

test('one that failed after it was put away is not lost', async () => {
  const all = generations()
  await begin(all, 'a castle', 'g1')
  all.dismiss()
  say('g1', ['state', { state: 'error', message: 'No app can be made of this.' }])
  await vi.waitFor(() => expect(notices).toEqual(['error: “a castle” did not work: No app can be made of this.']))
})

test('the end of an earlier one leaves the shown one as it is', async () => {
  const all = generations()
  await begin(all, 'first', 'g1')
  all.dismiss()
  await begin(all, 'second', 'g2')
  complete('g1', 'First')
  await vi.waitFor(() => expect(notices).toEqual(['info: First is ready.']))
  expect(all.shown.get()).toMatchObject({ prompt: 'second', status: 'running', result: null })
  expect(remembered()).toEqual({ id: 'g2', prompt: 'second' })
})

test('after a reload it goes on', async () => {
  kept.set(KEY, '{"id":"g1","prompt":"a todo list"}')
  const all = generations()
  void all.resume()
  await vi.waitFor(() => expect(streams.has('g1')).toBe(true))
  expect(all.shown.get()).toMatchObject({ prompt: 'a todo list', status: 'running' })
})

test('one that the host has forgotten says so, and keeps its prompt', async () => {
  kept.set(KEY, '{"id":"unknown","prompt":"a todo list"}')
  const all = generations()
  await all.resume()
  expect(all.shown.get()).toMatchObject({ prompt: 'a todo list', status: 'failed', error: 'There is no generation unknown.' })
  expect(kept.size).toBe(0)
})

test.each(['', '{', 'null', '{"id":7}', '[]'])('%j is nothing to go on with', async (text) => {
  kept.set(KEY, text)
  const all = generations()
  await all.resume()
  expect(all.shown.get()).toBeNull()
})

test('a host that refuses says why', async () => {
  const all = new Generations({
    api: new Api(() => Promise.resolve(new Response('{"detail":"The prompt is too long."}', { status: 413 }))),
    storage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
    notify: () => undefined,
    onComplete: rest,
  })
  await all.start('…')
  expect(all.shown.get()).toMatchObject({ status: 'failed', error: 'The prompt is too long.' })
})
