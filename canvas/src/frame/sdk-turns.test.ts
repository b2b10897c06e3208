import { Turns } from '@atoll/sdk/turns.ts'
import { expect, test } from 'vitest'

function gated() {
  const ends: (() => void)[] = []
  let calls = 0
  const turns = new Turns(() => {
    calls += 1
    return new Promise((resolve) => ends.push(resolve))
  })
  const end = async (): Promise<void> => {
    ends.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { turns, end, calls: () => calls }
}

test('asked a hundred times during a call, it calls once more', async () => {
  const { turns, end, calls } = gated()
  void turns.ask()
  for (let i = 0; i < 100; i += 1) void turns.ask()
  expect(calls()).toBe(1)
  await end()
  expect(calls()).toBe(2)
  await end()
  expect(calls()).toBe(2)
})

test('who asks during a call hears of the end of the next one', async () => {
  const { turns, end } = gated()
  void turns.ask()
  let isAnswered = false
  void turns.ask().then(() => (isAnswered = true))
  await end()
  expect(isAnswered).toBe(false)
  await end()
  expect(isAnswered).toBe(true)
})
