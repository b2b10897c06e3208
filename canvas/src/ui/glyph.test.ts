import { expect, test } from 'vitest'
import { hueOf, initialsOf } from './glyph.tsx'

test.each([
  ['Todo list', 'TL'],
  ['calendar', 'Ca'],
  ['the-habit-tracker', 'TH'],
  ['É', 'É'],
  ['𝒳ylo 𐐨b', '𝒳𐐀'],
  ['日記', '日記'],
  ['📅', '?'],
  ['', '?'],
])('the mark of %j is %s', (title, mark) => {
  expect(initialsOf(title)).toBe(mark)
})

test('a hue is a whole number below 360', () => {
  for (let i = 0; i < 2_000; i += 1) {
    const hue = hueOf(`app-${i}`)
    expect(Number.isInteger(hue) && hue >= 0 && hue < 360).toBe(true)
  }
})
