import { expect, test } from 'vitest'
import { parseSettings } from './settings.ts'

const whole = { app: 'todo', revision: 3, title: 'Todo list', entry: '/apps/todo/assets/3/App.js', api: '/apps/todo/api', events: '/apps/todo/events', token: 't' }

test('what the host writes is read', () => {
  expect(parseSettings(JSON.stringify(whole))).toEqual(whole)
  expect(parseSettings(JSON.stringify({ ...whole, title: '' })).title).toBe('todo')
})

test.each(['app', 'revision', 'entry', 'api', 'events', 'token'])('without its %s a page does not start, and says so', (field) => {
  expect(() => parseSettings(JSON.stringify({ ...whole, [field]: undefined }))).toThrow(field)
})

test.each(['', 'null', '[]', '{'])('%j is no settings', (json) => {
  expect(() => parseSettings(json)).toThrow()
})
