import { expect, test } from 'vitest'
import { ApiProblem } from './api.ts'
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
