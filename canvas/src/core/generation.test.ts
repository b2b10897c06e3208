import { expect, test } from 'vitest'
import { reduceGeneration, startedGeneration, stepDuration_ms, type Generation } from './generation.ts'

type Item = readonly [event: string, data: unknown]

const run = (items: readonly Item[], from: Generation = startedGeneration('a todo list', 'g1')): Generation =>
  items.reduce((generation, [event, data], index) => reduceGeneration(generation, { event, data: JSON.stringify(data), id: String(index + 1) }), from)

const state = (name: string, elapsed_ms: number, message = ''): Item => ['state', { state: name, message, elapsed_ms }]

const STORY: readonly Item[] = [
  state('analyzing', 0, 'Reading'),
  state('generating', 40),
  ['file', { path: 'atoll.toml', chunk: 'name = ' }],
  ['file', { path: 'atoll.toml', chunk: '"todo"\n' }],
  ['file', { path: 'backend/index.ts', chunk: 'export' }],
  state('validating', 100),
  ['diagnostic', { rule: 'scan/loop', severity: 'warning', message: 'A loop.', location: { file: 'a.ts', line: 1, column: 2 } }],
  ['usage', { provider: 'template', input_tokens: 0 }],
  ['result', { app: 'todo', title: 'Todo list', assumptions: ['a'], not_understood: ['b'], specification: { entity: { name: 'task', label: 'Task', fields: [{ name: 'due', label: 'Due date' }, { name: 'done' }] }, children: [{ entity: { name: 'step', label: 'Step', fields: [] } }] } }],
  state('complete', 180),
]

test('a story from the first step to the app', () => {
  const end = run(STORY)
  expect(end.status).toBe('complete')
  expect([...end.files]).toEqual([['atoll.toml', 'name = "todo"\n'], ['backend/index.ts', 'export']])
  expect(end.diagnostics).toHaveLength(1)
  expect(end.result).toEqual({ app: 'todo', title: 'Todo list', entities: [
    { name: 'Task', fields: ['Due date', 'done'] },
    { name: 'Step', fields: [] },
  ], assumptions: ['a'], notUnderstood: ['b'] })
  expect(stepDuration_ms(end, 'analyzing', 9_999)).toBe(40)
  expect(stepDuration_ms(end, 'validating', 9_999)).toBe(80)
})

test('a stream that is read again from its start changes nothing', () => {
  const end = run(STORY)
  expect(run(STORY, end)).toBe(end)
  const middle = run(STORY.slice(0, 5))
  expect(run(STORY, middle)).toEqual(end)
})

test('the running step goes on counting', () => {
  const middle = run(STORY.slice(0, 2))
  expect(stepDuration_ms(middle, 'generating', 500)).toBe(460)
  expect(stepDuration_ms(middle, 'deploying', 500)).toBeNull()
})

test('an error ends it and says why', () => {
  const end = run([state('analyzing', 0), state('error', 12, 'No app can be made of this.')])
  expect(end.status).toBe('failed')
  expect(end.error).toBe('No app can be made of this.')
  expect(run(STORY, end)).toBe(end)
})

test('a preview has an end', () => {
  const chunk = 'x'.repeat(150_000)
  const end = run(Array.from({ length: 20 }, (): Item => ['file', { path: 'big.ts', chunk }]))
  expect(end.files.get('big.ts')?.length).toBeLessThan(600_000)
})
