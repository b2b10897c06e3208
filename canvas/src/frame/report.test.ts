import { expect, test } from 'vitest'
import type { ToCanvas } from '../protocol/frame.ts'
import { makeReport } from './report.ts'

test('an error in a loop is reported a few times a minute', () => {
  const sent: ToCanvas[] = []
  let now_ms = 0
  const report = makeReport((message) => sent.push(message), () => now_ms)
  for (let i = 0; i < 1_000; i += 1) report('run', new Error('again'))
  expect(sent).toHaveLength(20)
  now_ms = 61_000
  report('render', 'a text that was thrown')
  expect(sent.at(-1)).toEqual({ kind: 'error', phase: 'render', message: 'a text that was thrown' })
})

test.each([null, undefined, Symbol('s'), Object.create(null), { toString: null }, Object.assign(new Error('odd'), { stack: 7 })])('whatever is thrown is reported: %#', (thrown) => {
  const sent: ToCanvas[] = []
  makeReport((message) => sent.push(message))('run', thrown)
  expect(sent).toHaveLength(1)
})
