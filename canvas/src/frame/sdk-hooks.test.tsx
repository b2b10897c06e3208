// @vitest-environment happy-dom
// The hooks as a page has them: React renders, `fetch` answers when the test says so, events come from the channel.
import { ApiError, useEvents, useQuery } from '@atoll/sdk'
import { dispatch, setOwnSource } from '@atoll/sdk/channel.ts'
import type { Query } from '@atoll/sdk/types.ts'
import { act, useEffect } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

interface Call {
  readonly path: string
  readonly signal: AbortSignal
  readonly answer: (data: unknown, status?: number) => Promise<void>
}

let root: Root
let calls: Call[] = []
let query: Query<unknown>

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  calls = []
  root = createRoot(document.createElement('div'))
  setOwnSource('/apps/calendar')
  vi.stubGlobal(
    'fetch',
    (path: string, init: RequestInit) =>
      new Promise<Response>((resolve, reject) => {
        const signal = init.signal as AbortSignal
        signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
        const answer = (data: unknown, status = 200): Promise<void> => act(async () => resolve(new Response(JSON.stringify(data), { status })))
        calls.push({ path, signal, answer })
      }),
  )
})
afterEach(async () => {
  await act(async () => root.unmount())
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function Asking(props: { path: string | null; refreshOn?: string | string[] }) {
  const answer = useQuery(props.path, props.refreshOn === undefined ? {} : { refreshOn: props.refreshOn })
  useEffect(() => {
    query = answer
  })
  return null
}
const show = (path: string | null, refreshOn?: string | string[]): Promise<void> =>
  act(async () => root.render(<Asking path={path} {...(refreshOn !== undefined && { refreshOn })} />))
const event = (source: string, type: string) => ({ id: '1', source, type, time: '2026-01-01T00:00:00Z' })
const hear = (source: string, type: string): Promise<void> => act(async () => dispatch(event(source, type)))
const call = (index: number): Call => {
  const found = calls[index]
  if (!found) throw new Error(`there is no call ${index}`)
  return found
}
const last = (): Call => call(calls.length - 1)

test('a query is loading, then has data', async () => {
  await show('/tasks')
  expect(query).toMatchObject({ data: undefined, error: undefined, loading: true, refreshing: true })
  expect(calls.map((item) => item.path)).toEqual(['/api/tasks'])
  await last().answer([1])
  expect(query).toMatchObject({ data: [1], error: undefined, loading: false, refreshing: false })
})

test('an error shows and keeps the data; the next answer takes it away', async () => {
  await show('/tasks')
  await last().answer([1])
  await act(async () => void query.refresh())
  await last().answer({ error: 'No more tea' }, 500)
  expect(query.error).toBeInstanceOf(ApiError)
  expect(query).toMatchObject({ data: [1], error: { status: 500, message: 'No more tea' }, loading: false })
  await act(async () => void query.refresh())
  await last().answer([2])
  expect(query).toMatchObject({ data: [2], error: undefined })
})

test('a new path is asked at once; the answer for the old one is dropped, its data stays till then', async () => {
  await show('/a')
  await last().answer('a')
  await act(async () => void query.refresh())
  await show('/b')
  expect(call(1).signal.aborted).toBe(true)
  await call(1).answer('late')
  expect(query).toMatchObject({ data: 'a', refreshing: true })
  await call(2).answer('b')
  expect(query).toMatchObject({ data: 'b', refreshing: false })
})

test('no path asks nothing, and ends what is under way', async () => {
  await show(null)
  expect(query).toMatchObject({ loading: false, refreshing: false })
  await act(() => query.refresh())
  expect(calls).toHaveLength(0)
  await show('/a')
  await show(null)
  expect(last().signal.aborted).toBe(true)
  expect(query).toMatchObject({ loading: false, refreshing: false })
})

test('a page that goes away ends its call', async () => {
  await show('/tasks')
  await act(async () => root.render(null))
  expect(last().signal.aborted).toBe(true)
})

test('refresh keeps its identity, and resolves when there is a newer answer', async () => {
  await show('/a')
  const { refresh } = query
  let isFresh = false
  await act(async () => void refresh().then(() => (isFresh = true)))
  await call(0).answer('before')
  expect([isFresh, calls.length]).toEqual([false, 2])
  await call(1).answer('after')
  expect([isFresh, query.data]).toEqual([true, 'after'])
  await show('/b')
  expect(query.refresh).toBe(refresh)
})

test('a stream of events does not starve a slow backend', async () => {
  await show('/tasks', 'calendar.*')
  for (let i = 0; i < 50; i += 1) await hear('/apps/calendar', 'calendar.changed')
  expect(calls).toHaveLength(1)
  await last().answer('first')
  expect([query.data, calls.length]).toEqual(['first', 2])
  await last().answer('second')
  expect([query.data, calls.length]).toEqual(['second', 2])
})

test('refreshOn takes one pattern or several, and nothing else refreshes', async () => {
  await show('/tasks', ['todo.created', 'notes.*'])
  await last().answer(0)
  await hear('/apps/calendar', 'todo.deleted')
  expect(calls).toHaveLength(1)
  await hear('/apps/calendar', 'todo.created')
  await last().answer(1)
  await hear('/apps/calendar', 'notes.changed')
  await last().answer(2)
  expect(query.data).toBe(2)
})

test("after another app's event it asks again twice within a second; after its own it does not", async () => {
  vi.useFakeTimers()
  await show('/tasks', '*')
  await last().answer(0)
  const answersWithin = async (time_ms: number): Promise<number> => {
    const before = calls.length
    for (let passed_ms = 0; passed_ms < time_ms; passed_ms += 50) {
      await act(async () => vi.advanceTimersByTime(50))
      if (query.refreshing) await last().answer(calls.length)
    }
    return calls.length - before
  }
  await hear('/apps/calendar', 'calendar.changed')
  await last().answer(1)
  expect(await answersWithin(1_500)).toBe(0)
  await hear('/apps/todo', 'todo.created')
  await last().answer(2)
  expect(await answersWithin(1_500)).toBe(2)
  await hear('/apps/todo', 'todo.created')
  await act(async () => root.render(null))
  const before = calls.length
  await act(async () => vi.advanceTimersByTime(2_000))
  expect(calls).toHaveLength(before)
})

function Hearing(props: { patterns: string | string[]; onEvent: (type: string) => void }) {
  useEvents(props.patterns, (item) => props.onEvent(item.type))
  return null
}

test('useEvents calls the latest handler, for the latest patterns, until the page goes', async () => {
  const first = vi.fn()
  const second = vi.fn()
  await act(async () => root.render(<Hearing patterns="todo.*" onEvent={first} />))
  await hear('/apps/todo', 'todo.created')
  await act(async () => root.render(<Hearing patterns={['todo.*']} onEvent={second} />))
  await hear('/apps/todo', 'todo.deleted')
  await act(async () => root.render(<Hearing patterns={['notes.*', 'calendar.moved']} onEvent={second} />))
  await hear('/apps/todo', 'todo.created')
  await hear('/apps/calendar', 'calendar.moved')
  await act(async () => root.render(<Hearing patterns={[]} onEvent={second} />))
  await hear('/apps/notes', 'notes.created')
  await act(async () => root.render(null))
  await hear('/apps/calendar', 'calendar.moved')
  expect(first.mock.calls).toEqual([['todo.created']])
  expect(second.mock.calls).toEqual([['todo.deleted'], ['calendar.moved']])
})
