import { expect, test } from 'vitest'
import { bounds, contains, freePlace, GAP, overlaps, type Rect } from './geometry.ts'

const size = { width: 380, height: 560 }

test('the best place is taken when it is free', () => {
  expect(freePlace([], size, { x: 100, y: 50 })).toEqual({ x: 96, y: 48 })
})

test('a hundred apps never touch one another, and stay together', () => {
  const placed: Rect[] = []
  for (let i = 0; i < 100; i += 1) {
    const next = { width: 280 + ((i * 37) % 200), height: 200 + ((i * 53) % 400) }
    placed.push({ ...freePlace(placed, next, { x: 0, y: 0 }), ...next })
  }
  const touching = placed.flatMap((a) => placed.filter((b) => a !== b && overlaps(a, b, GAP)))
  expect(touching).toEqual([])
  const all = bounds(placed)
  const used = placed.reduce((area, rect) => area + rect.width * rect.height, 0)
  expect((all?.width ?? 0) * (all?.height ?? 0)).toBeLessThan(used * 3)
})

test('beside a taken place comes before far below it', () => {
  const taken = { x: 0, y: 0, width: 400, height: 560 }
  const place = freePlace([taken], size, { x: 48, y: 0 })
  expect(place.y).toBe(0)
  expect(place.x).toBeGreaterThanOrEqual(400 + GAP)
})

test('where nothing near is free, the place is beside everything', () => {
  const wall = { x: -100_000, y: -100_000, width: 200_000, height: 200_000 }
  expect(overlaps({ ...freePlace([wall], size, { x: 0, y: 0 }), ...size }, wall, GAP)).toBe(false)
})

test('containment and bounds', () => {
  const outer = { x: 0, y: 0, width: 10, height: 10 }
  expect(contains(outer, { x: 1, y: 1, width: 9, height: 9 })).toBe(true)
  expect(contains(outer, { x: 1, y: 1, width: 10, height: 9 })).toBe(false)
  expect(bounds([])).toBeNull()
})
