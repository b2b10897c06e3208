import { expect, test } from 'vitest'
import { parseApp } from './parse.ts'
import { suggestionsFor } from './suggestions.ts'
import type { AppInfo } from './types.ts'

const app = (fields: object): AppInfo => {
  const parsed = parseApp(fields)
  if (!parsed) throw new Error('no app')
  return parsed
}

test('an empty canvas offers the todo list and the calendar', () => {
  expect(suggestionsFor([]).slice(0, 2)).toEqual(['Create a todo list with categories, due dates, and priority levels', 'Create a calendar that syncs with the todo app events'])
})

test('an app that nobody hears is offered a listener, and one that is there is not offered again', () => {
  const todo = app({ name: 'todo', publishes: ['todo.created'] })
  const offers = suggestionsFor([todo])
  expect(offers[0]).toBe('Create a calendar that syncs with the todo app events')
  expect(offers.some((offer) => offer.includes('todo list'))).toBe(false)
  expect(suggestionsFor([todo, app({ name: 'calendar', subscribes: ['todo.*'] })])[0]).not.toContain('calendar')
  expect(suggestionsFor([todo, app({ name: 'audit', subscribes: ['todo.created'] })])[0]).not.toContain('calendar')
})

test('a calendar is not offered a calendar', () => {
  const calendar = app({ name: 'calendar', publishes: ['calendar.changed'], subscribes: ['todo.*'] })
  expect(suggestionsFor([app({ name: 'todo', publishes: ['todo.created'] }), calendar]).join()).not.toContain('calendar app events')
})
