import { dispatch, isHandlingForeignEvent, setOwnSource, subscribe } from '@atoll/sdk/channel.ts'
import { expect, test, vi } from 'vitest'

const event = (source: string, type: string) => ({ id: '1', source, type, time: '2026-01-01T00:00:00Z' })

test('listeners hear what they asked for, until they stop', () => {
  const heard: string[] = []
  const stop = subscribe(['todo.*', 'calendar.moved'], (item) => heard.push(item.type))
  for (const type of ['todo.created', 'calendar.moved', 'calendar.created']) dispatch(event('/apps/todo', type))
  stop()
  dispatch(event('/apps/todo', 'todo.deleted'))
  expect(heard).toEqual(['todo.created', 'calendar.moved'])
})

test('a listener that throws is reported and keeps nothing from the others', () => {
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  const heard = vi.fn()
  const stops = [
    subscribe(['*'], () => {
      throw new Error('boom')
    }),
    subscribe(['*'], heard),
  ]
  dispatch(event('/apps/todo', 'todo.created'))
  expect(report).toHaveBeenCalledOnce()
  expect(heard).toHaveBeenCalledOnce()
  for (const stop of stops) stop()
  vi.unstubAllGlobals()
})

test("only another app's event is foreign, and only while it is handled", () => {
  setOwnSource('/apps/calendar')
  const foreign: boolean[] = []
  const stop = subscribe(['*'], () => foreign.push(isHandlingForeignEvent()))
  dispatch(event('/apps/todo', 'todo.created'))
  dispatch(event('/apps/calendar', 'calendar.created'))
  stop()
  expect(foreign).toEqual([true, false])
  expect(isHandlingForeignEvent()).toBe(false)
})
