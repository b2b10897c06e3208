import { expect, test } from 'vitest'
import { forgivingStorage, type TextStorage } from './storage.ts'

test('what a browser keeps is kept', () => {
  const kept = new Map<string, string>()
  const storage = forgivingStorage(() => ({ getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text), removeItem: (key) => void kept.delete(key) }))
  storage.setItem('a', '1')
  expect(storage.getItem('a')).toBe('1')
  storage.removeItem('a')
  expect(storage.getItem('a')).toBeNull()
})

test.each<[string, () => TextStorage]>([
  ['refuses it', () => { throw new DOMException('denied', 'SecurityError') }],
  ['is full', () => ({ getItem: () => null, setItem: () => { throw new DOMException('full', 'QuotaExceededError') }, removeItem: () => undefined })],
])('a browser that %s is no failure', (_what, open) => {
  const storage = forgivingStorage(open)
  storage.setItem('a', '1')
  storage.removeItem('a')
  expect(storage.getItem('a')).toBeNull()
})
