import { expect, test } from 'vitest'
import { exportNames } from './react-modules.ts'

test('every name that apps import from React is exported', () => {
  expect(exportNames('react')).toEqual(expect.arrayContaining(['useState', 'useEffect', 'useMemo', 'useReducer', 'createElement', 'Fragment', 'memo', 'Suspense', 'use']))
  expect(exportNames('react/jsx-runtime')).toEqual(['Fragment', 'jsx', 'jsxs'])
  expect(exportNames('react-dom')).toContain('createPortal')
  expect(exportNames('react-dom/client')).toContain('createRoot')
})
