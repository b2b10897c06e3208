// Keys on a focused app: Enter goes into it, Alt with an arrow sizes it, Delete asks to delete it. Space selects
// it, and arrows then move it: those two are React Flow's own.
import type { KeyboardEvent } from 'react'
import type { Session } from '../core/session.ts'
import { APP_SIZE_MIN } from './app-node.tsx'

/** Read out with each app. */
export const KEYS_IN_WORDS = 'Enter goes into the app. Space selects it; the arrow keys then move it. Alt and an arrow key size it. Delete asks to delete it.'

const STEP = 24
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
}

/** For the capture phase: React Flow would move the app for an arrow with Alt as well. */
export function handlePlaneKeys(event: KeyboardEvent, session: Session, askToDelete: (app: string) => void): void {
  const target = event.target as HTMLElement
  // Only keys on the app itself, not on a button in it.
  if (!target.classList.contains('react-flow__node')) return
  const app = target.dataset.id
  const rect = app ? session.layout.placeOf(app) : undefined
  if (!app || !rect) return
  const size = SIZES[event.key]
  if (event.altKey && size) {
    event.preventDefault()
    event.stopPropagation()
    const width = Math.max(APP_SIZE_MIN.width, rect.width + size[0])
    session.layout.place(app, { ...rect, width, height: Math.max(APP_SIZE_MIN.height, rect.height + size[1]) })
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault()
    askToDelete(app)
  } else if (event.key === 'Enter') {
    target.querySelector('iframe')?.focus()
  }
}
