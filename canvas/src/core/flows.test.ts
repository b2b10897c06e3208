import { patternMatches } from '@atoll/sdk/pattern.ts'
import { expect, test } from 'vitest'
import { flowsOf, mayHear, passes, publishersFor } from './flows.ts'
import { parseApp } from './parse.ts'
import type { AppInfo, BusEvent } from './types.ts'

function app(name: string, publishes: readonly string[], subscribes: readonly string[]): AppInfo {
  const parsed = parseApp({ name, publishes, subscribes })
  if (!parsed) throw new Error('no app')
  return parsed
}
const todo = app('todo', ['todo.created', 'todo.deleted', 'audit.entry'], [])
const calendar = app('calendar', ['calendar.created'], ['todo.*'])
const event = (source: string, type: string): BusEvent => ({ specversion: '1.0', id: '1', source, type, time: '' })

test.each([
  ['todo.created', 'todo.created', true],
  ['todo.created', 'todo.create', false],
  ['todo.*', 'todo.created', true],
  ['todo.*', 'todo.item.moved', true],
  ['todo.*', 'todo', false],
  ['todo.*', 'todos.created', false],
  ['*', 'a.b', true],
])('%s means %s: %s', (pattern, type, means) => {
  expect(patternMatches(pattern, type)).toBe(means)
})

test('an edge goes from a publisher to each subscriber of its events, never to itself', () => {
  const echo = app('echo', ['echo.said'], ['*'])
  expect(flowsOf([todo, calendar]).map(({ from, to, types }) => ({ from, to, types }))).toEqual([
    { from: 'todo', to: 'calendar', types: ['todo.created', 'todo.deleted'] },
  ])
  expect(flowsOf([echo])).toEqual([])
  expect(publishersFor(calendar, [todo, calendar])).toEqual([todo])
})

test('an edge is lit by its own publisher only', () => {
  const flow = flowsOf([todo, calendar])[0]
  if (!flow) throw new Error('no flow')
  expect(passes(flow, event('/apps/todo', 'todo.created'))).toBe(true)
  expect(passes(flow, event('/apps/todo', 'audit.entry'))).toBe(false)
  expect(passes(flow, event('/apps/other', 'todo.created'))).toBe(false)
})

test("a page hears its own app's events and those its manifest subscribes to, nothing else", () => {
  expect(mayHear(calendar, event('/apps/todo', 'todo.created'))).toBe(true)
  expect(mayHear(calendar, event('/apps/calendar', 'calendar.created'))).toBe(true)
  expect(mayHear(calendar, event('/apps/bank', 'bank.paid'))).toBe(false)
  expect(mayHear(todo, event('/apps/calendar', 'calendar.created'))).toBe(false)
  expect(mayHear(todo, event('/apps/todo/../todo', 'x.y'))).toBe(false)
})
