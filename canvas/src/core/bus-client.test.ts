import { beforeEach, expect, test } from 'vitest'
import { Backoff } from './backoff.ts'
import { BusClient, type Connection, type Socket } from './bus-client.ts'
import type { BusEvent } from './types.ts'

type Listener = (event: { readonly data: unknown }) => void

class FakeSocket implements Socket {
  readonly sent: unknown[] = []
  closed = false
  private readonly listeners: { readonly type: string; readonly run: Listener }[] = []
  addEventListener(type: string, run: Listener): void {
    this.listeners.push({ type, run })
  }
  fire(type: string, data?: unknown): void {
    for (const listener of this.listeners) if (listener.type === type) listener.run({ data })
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    if (this.closed) return
    this.closed = true
    this.fire('close')
  }
  say(message: unknown): void {
    this.fire('message', JSON.stringify(message))
  }
}

let sockets: FakeSocket[] = []
let seen: string[] = []
let states: Connection[] = []
let timers: { run: () => void; delay_ms: number }[] = []
let lives = 0

const event = (sequence: number): BusEvent => ({
  specversion: '1.0',
  id: `e${sequence}`,
  source: '/apps/todo',
  type: 'todo.created',
  time: '2026-01-01T00:00:00Z',
  sequence: String(sequence),
})

function client(): BusClient {
  return new BusClient({
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    onEvent: (item) => seen.push(item.id),
    onApp: () => undefined,
    onLayout: () => undefined,
    onLive: () => void (lives += 1),
    onConnection: (state) => states.push(state),
    setTimer: (run, delay_ms) => {
      const timer = { run, delay_ms }
      timers.push(timer)
      return timer
    },
    clearTimer: (timer) => void (timers = timers.filter((other) => other !== timer)),
    backoff: new Backoff({ first_ms: 100, max_ms: 1_000 }, () => 1),
  })
}

const socket = (): FakeSocket => {
  const last = sockets.at(-1)
  if (!last) throw new Error('no socket was opened')
  return last
}
const runTimer = (): void => timers.shift()?.run()

beforeEach(() => {
  sockets = []
  seen = []
  states = []
  timers = []
  lives = 0
})

test('it starts at the end of the log, without a gap between hello and subscription', () => {
  client().start()
  socket().say({ kind: 'hello', sequence: 41 })
  expect(socket().sent).toEqual([{ kind: 'subscribe', types: ['*'], after: 41 }])
  expect(states).toEqual(['connecting', 'live'])
})

test('after a lost connection it resumes after the last event, and sees each event once', () => {
  client().start()
  socket().say({ kind: 'hello', sequence: 0 })
  socket().say({ kind: 'event', event: event(1) })
  socket().say({ kind: 'event', event: event(2) })
  socket().close()
  expect(states.at(-1)).toBe('lost')
  runTimer()
  socket().say({ kind: 'hello', sequence: 5 })
  expect(socket().sent).toEqual([{ kind: 'subscribe', types: ['*'], after: 2 }])
  for (const sequence of [2, 3, 4, 5]) socket().say({ kind: 'event', event: event(sequence) })
  expect(seen).toEqual(['e1', 'e2', 'e3', 'e4', 'e5'])
  expect(lives).toBe(2)
})

test('a log that is shorter than before is a new log', () => {
  client().start()
  socket().say({ kind: 'hello', sequence: 9 })
  socket().close()
  runTimer()
  socket().say({ kind: 'hello', sequence: 1 })
  socket().say({ kind: 'event', event: event(2) })
  expect(seen).toEqual(['e2'])
})

test('waits grow while the host is away, and start anew once it was there', () => {
  client().start()
  const waits: (number | undefined)[] = []
  for (let i = 0; i < 5; i += 1) {
    socket().close()
    waits.push(timers[0]?.delay_ms)
    runTimer()
  }
  expect(waits).toEqual([100, 200, 400, 800, 1_000])
  socket().say({ kind: 'hello', sequence: 0 })
  socket().close()
  expect(timers[0]?.delay_ms).toBe(100)
})

test('when the network comes back it does not wait', () => {
  const bus = client()
  bus.start()
  socket().close()
  bus.retryNow()
  expect(sockets).toHaveLength(2)
  expect(timers).toHaveLength(0)
  bus.retryNow()
  expect(sockets).toHaveLength(2)
})

test('dropped for being slow, it comes back for the rest', () => {
  client().start()
  socket().say({ kind: 'hello', sequence: 0 })
  socket().say({ kind: 'event', event: event(1) })
  socket().say({ kind: 'dropped', reason: 'too far behind' })
  runTimer()
  socket().say({ kind: 'hello', sequence: 3 })
  expect(socket().sent).toEqual([{ kind: 'subscribe', types: ['*'], after: 1 }])
})

test('what is no message is ignored, and a stopped client stays stopped', () => {
  const bus = client()
  bus.start()
  const first = socket()
  first.fire('message', '{')
  first.say({ kind: 'event', event: { type: 7 } })
  bus.stop()
  first.say({ kind: 'event', event: event(1) })
  expect(seen).toEqual([])
  expect(timers).toEqual([])
})
