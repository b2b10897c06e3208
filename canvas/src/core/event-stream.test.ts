import { expect, test } from 'vitest'
import { ApiProblem } from './api.ts'
import { Backoff } from './backoff.ts'
import { readEventStream } from './event-stream.ts'

const body = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/event-stream' } })

test('a broken stream is resumed after its last message until its end', async () => {
  const asked: (string | null)[] = []
  const answers = [body('id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\nda'), null, body('id: 3\ndata: c\n\nid: 4\ndata: end\n\nid: 5\ndata: never\n\n')]
  const seen: string[] = []
  await readEventStream({
    url: '/events',
    fetch: (_url, init) => {
      asked.push(new Headers(init?.headers).get('last-event-id'))
      const answer = answers.shift()
      return answer ? Promise.resolve(answer) : Promise.reject(new TypeError('away'))
    },
    signal: new AbortController().signal,
    wait: () => Promise.resolve(),
    onMessage: (message) => {
      seen.push(message.data)
      return message.data === 'end'
    },
  })
  expect(seen).toEqual(['a', 'b', 'c', 'end'])
  expect(asked).toEqual([null, '2', '2'])
})

test('a refusal is final and says what the host said', async () => {
  const problem = new Response(JSON.stringify({ title: 'Gone', detail: 'There is no generation g1.', status: 404 }), { status: 404 })
  const read = readEventStream({ url: '/events', fetch: () => Promise.resolve(problem), signal: new AbortController().signal, onMessage: () => false })
  await expect(read).rejects.toThrow(new ApiProblem(404, 'There is no generation g1.'))
})

test('after its last message a stream that stays open is given back', async () => {
  let isGivenBack = false
  const open = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('id: 1\ndata: end\n\n')),
    cancel: () => void (isGivenBack = true),
  })
  await readEventStream({ url: '/events', fetch: () => Promise.resolve(new Response(open)), signal: new AbortController().signal, onMessage: () => true })
  expect(isGivenBack).toBe(true)
})

test('a host that closes every stream at once is asked less and less often', async () => {
  const waits: number[] = []
  const controller = new AbortController()
  await readEventStream({
    url: '/events',
    fetch: () => Promise.resolve(body('')),
    signal: controller.signal,
    backoff: new Backoff({ first_ms: 100, max_ms: 1_000 }, () => 1),
    wait: (delay_ms) => {
      waits.push(delay_ms)
      if (waits.length === 4) controller.abort()
      return Promise.resolve()
    },
    onMessage: () => false,
  })
  expect(waits).toEqual([100, 200, 400, 800])
})
