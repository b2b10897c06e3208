import { beforeEach, expect, test } from 'vitest'
import { LayoutStore, parseLayout, type Layout } from './layout-store.ts'

const rect = (x: number) => ({ x, y: 0, width: 300, height: 200 })

let saved: Layout[] = []
let timers: (() => void)[] = []
let fail = false
/** A save ends when this does. */
let gate: Promise<void> = Promise.resolve()

function store(): LayoutStore {
  return new LayoutStore({
    save: (layout) => {
      if (fail) return Promise.reject(new Error('away'))
      saved.push(layout)
      return gate
    },
    setTimer: (run) => {
      timers.push(run)
      return run
    },
    clearTimer: (timer) => void (timers = timers.filter((other) => other !== timer)),
  })
}

const settle = async (): Promise<void> => {
  for (const run of timers.splice(0)) run()
  await new Promise((resolve) => setImmediate(resolve))
}

beforeEach(() => {
  saved = []
  timers = []
  fail = false
  gate = Promise.resolve()
})

test('many changes are one save', async () => {
  const layout = store()
  layout.receive({ nodes: {} })
  for (let x = 0; x < 50; x += 1) layout.place('todo', rect(x))
  layout.moveViewport({ x: 1, y: 2, zoom: 0.5 })
  await settle()
  expect(saved).toEqual([{ nodes: { todo: rect(49) }, viewport: { x: 1, y: 2, zoom: 0.5 } }])
})

test('what is the same is not saved', async () => {
  const layout = store()
  layout.receive({ nodes: { todo: rect(1) }, viewport: { x: 0, y: 0, zoom: 1 } })
  layout.place('todo', rect(1))
  layout.moveViewport({ x: 0, y: 0, zoom: 1 })
  await settle()
  expect(saved).toEqual([])
})

test('another browser wins, except over what is not saved yet here', async () => {
  const layout = store()
  layout.receive({ nodes: { todo: rect(1), notes: rect(2) } })
  layout.place('todo', rect(10))
  layout.receive({ nodes: { todo: rect(5), notes: rect(20), calendar: rect(30) } })
  expect(layout.layout.get().nodes).toEqual({ todo: rect(10), notes: rect(20), calendar: rect(30) })
  await settle()
  layout.receive({ nodes: { todo: rect(5) } })
  expect(layout.placeOf('todo')).toEqual(rect(5))
})

test('a place that another browser did not know of yet stays', () => {
  const layout = store()
  layout.receive({ nodes: { todo: rect(1), notes: rect(2) } })
  layout.receive({ nodes: { todo: rect(3) } })
  expect(layout.layout.get().nodes).toEqual({ todo: rect(3), notes: rect(2) })
})

test('what is being saved is not taken back by an older layout', async () => {
  const layout = store()
  layout.receive({ nodes: { todo: rect(1) } })
  let end: () => void = () => undefined
  gate = new Promise((resolve) => (end = resolve))
  layout.place('todo', rect(10))
  await settle()
  layout.receive({ nodes: { todo: rect(1) } })
  expect(layout.placeOf('todo')).toEqual(rect(10))
  end()
  await settle()
  layout.receive({ nodes: { todo: rect(1) } })
  expect(layout.placeOf('todo')).toEqual(rect(1))
})

test('the places of apps that are gone are forgotten', async () => {
  const layout = store()
  layout.receive({ nodes: { todo: rect(1), old: rect(2) } })
  layout.keepOnly(new Set(['todo']))
  layout.place('todo', rect(3))
  await settle()
  expect(saved.map((item) => item.nodes)).toEqual([{ todo: rect(3) }])
})

test('an app may have the name of a property that every object has', () => {
  const layout = store()
  layout.receive({ nodes: {} })
  expect(layout.placeOf('constructor')).toBeUndefined()
  layout.place('constructor', rect(1))
  expect(layout.placeOf('constructor')).toEqual(rect(1))
})

test('the echo of a save changes nothing', async () => {
  const layout = store()
  layout.place('todo', rect(1))
  await settle()
  const before = layout.layout.get()
  layout.receive(structuredClone(saved[0]))
  expect(layout.layout.get()).toBe(before)
})

test('a removed app does not come back from an older layout', () => {
  const layout = store()
  layout.receive({ nodes: { todo: rect(1) } })
  layout.remove('todo')
  layout.receive({ nodes: { todo: rect(1) } })
  expect(layout.layout.get().nodes).toEqual({})
})

test('the view is taken over once; another browser does not move it', () => {
  const layout = store()
  layout.receive({ nodes: {}, viewport: { x: 1, y: 1, zoom: 1 } })
  layout.receive({ nodes: {}, viewport: { x: 9, y: 9, zoom: 2 } })
  expect(layout.layout.get().viewport).toEqual({ x: 1, y: 1, zoom: 1 })
})

test('a save that failed is tried again with what has come since', async () => {
  const layout = store()
  fail = true
  layout.place('todo', rect(1))
  await settle()
  layout.receive({ nodes: {} })
  fail = false
  layout.place('notes', rect(2))
  await settle()
  expect(saved).toEqual([{ nodes: { todo: rect(1), notes: rect(2) }, viewport: null }])
})

test('a leaving page saves at once, and only when there is something to save', () => {
  const layout = store()
  layout.flush()
  expect(saved).toHaveLength(0)
  layout.place('todo', rect(1))
  layout.flush()
  expect(saved).toHaveLength(1)
})

test('a leaving page saves again what a save under way may not bring to its end', async () => {
  const layout = store()
  gate = new Promise(() => undefined)
  layout.place('todo', rect(1))
  await settle()
  layout.flush()
  expect(saved).toHaveLength(2)
})

test('a stored layout that makes no sense is cut to what does', () => {
  expect(parseLayout(null)).toEqual({ nodes: {}, viewport: null })
  const parsed = parseLayout({
    nodes: { a: { x: 0, y: 0, width: 1, height: 1e9 }, b: { x: 'left' }, c: { x: null, y: 0, width: 1, height: 1 }, d: 7, 'No app': rect(1) },
    viewport: { x: 0, y: 0, zoom: 99 },
  })
  expect(parsed).toEqual({ nodes: { a: { x: 0, y: 0, width: 120, height: 8_000 } }, viewport: { x: 0, y: 0, zoom: 2 } })
})
