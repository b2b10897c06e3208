import { expect, test, vi } from 'vitest'
import { followLogs, LOG_LINES_MAX } from './log-feed.ts'

const stream = (from: number, to: number): Response => {
  const lines = Array.from({ length: to - from }, (_, index) => `data: {"message":"line ${from + index}","level":"info"}\n\n`)
  return new Response(lines.join(''))
}

test('a feed holds the latest lines, and a new connection takes the place of the old one', async () => {
  const controller = new AbortController()
  const answers = [stream(0, LOG_LINES_MAX + 20), stream(600, 603)]
  const fetchNext = (): Promise<Response> => Promise.resolve(answers.shift() ?? new Response('', { status: 503 }))
  const store = followLogs({ fetch: fetchNext }, 'todo', controller.signal)
  const texts = (): string[] => store.get().lines.map((line) => line.message)
  await vi.waitFor(() => expect(texts()).toHaveLength(LOG_LINES_MAX))
  expect(texts()[0]).toBe('line 20')
  await vi.waitFor(() => expect(texts()).toEqual(['line 600', 'line 601', 'line 602']), 2_000)
  controller.abort()
})

test('a log that cannot be read says why', async () => {
  const problem = new Response(JSON.stringify({ detail: 'There is no app "todo".' }), { status: 404 })
  const store = followLogs({ fetch: () => Promise.resolve(problem) }, 'todo', new AbortController().signal)
  await vi.waitFor(() => expect(store.get()).toMatchObject({ state: 'failed', error: 'There is no app "todo".' }))
})
