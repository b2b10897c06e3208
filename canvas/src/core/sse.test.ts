import { expect, test } from 'vitest'
import { SseParser, type SseMessage } from './sse.ts'

function parse(chunks: readonly string[]): SseMessage[] {
  const messages: SseMessage[] = []
  const parser = new SseParser((message) => messages.push(message))
  for (const chunk of chunks) parser.push(chunk)
  return messages
}

const STREAM = ': a comment\r\nid: 1\r\nevent: state\r\ndata: {"state":"analyzing"}\r\n\r\nid: 2\ndata: a\ndata:b\ndata\n\nevent: lost\n\ndata:  kept space\r\rid: 4\ndata: open'

test('a stream means the same however it is cut', () => {
  const whole = parse([STREAM])
  for (let cut = 0; cut <= STREAM.length; cut += 1) expect(parse([STREAM.slice(0, cut), STREAM.slice(cut)])).toEqual(whole)
  expect(parse([...STREAM])).toEqual(whole)
})

test('names, ids and several data lines come out as the standard says', () => {
  expect(parse([STREAM])).toEqual([
    { event: 'state', data: '{"state":"analyzing"}', id: '1' },
    { event: 'message', data: 'a\nb\n', id: '2' },
    { event: 'message', data: ' kept space', id: '2' },
  ])
})

test.each([
  ['line', 'x'.repeat(1 << 20)],
  ['message of many lines', `data: ${'x'.repeat(1 << 20)}\n`],
])('an endless %s is refused instead of filling the memory', (_what, chunk) => {
  const parser = new SseParser(() => undefined)
  expect(() => {
    for (let i = 0; i < 100; i += 1) parser.push(chunk)
  }).toThrow(/longer than/)
})

test('many short messages are no long one', () => {
  let messages = 0
  const parser = new SseParser(() => void (messages += 1))
  for (let i = 0; i < 100; i += 1) parser.push(`data: ${'x'.repeat(1 << 18)}\n\n`)
  expect(messages).toBe(100)
})
