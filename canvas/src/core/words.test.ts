import { expect, test } from 'vitest'

import { parseApp } from './parse.ts'
import { grantsInWords } from './words.ts'

const sentences = (secrets: unknown) => {
  const app = parseApp({ name: 'a', grants: { secrets } })
  return app ? grantsInWords(app).map(({ text }) => text).filter((text) => text.includes('secret')) : []
}

test('a person is told of every secret, whether the app reads it or not', () => {
  const placeholder = { name: 'B', placeholder: true, query: false }
  expect(sentences(['A', placeholder, { ...placeholder, name: 'C', origins: ['https://a.example', 'https://b.example'] }])).toEqual([
    'May read the secret A.',
    'May send the secret B to the origins that it may call, without reading it.',
    'May send the secret C to https://a.example and https://b.example, without reading it.',
  ])
})
