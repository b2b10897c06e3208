// Keys on a focused app: arrows move it (React Flow's own), with Alt they size it, Delete asks to delete it,
// Enter goes into it.
import type { ReactFlowInstance } from '@xyflow/react'
import type { KeyboardEvent } from 'react'
import type { Session } from '../core/session.ts'
import { APP_SIZE_MIN, type AppNodeData } from './app-node.tsx'
import type { FlowEdgeData } from './flow-edge.tsx'

const STEP = 24
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
}

interface Plane {
  readonly flow: ReactFlowInstance<AppNodeData, FlowEdgeData>
  readonly session: Session
  readonly askToDelete: (app: string) => void
}

export function handlePlaneKeys(event: KeyboardEvent, plane: Plane): void {
  const target = event.target as HTMLElement
  // Only keys on the app itself, not on a button in it.
  if (!target.classList.contains('react-flow__node')) return
  const app = target.dataset.id
  const rect = app ? plane.session.layout.layout.get().nodes[app] : undefined
  if (!app || !rect) return
  const size = SIZES[event.key]
  if (event.altKey && size) {
    event.preventDefault()
    event.stopPropagation()
    const width = Math.max(APP_SIZE_MIN.width, rect.width + size[0])
    plane.session.layout.place(app, { ...rect, width, height: Math.max(APP_SIZE_MIN.height, rect.height + size[1]) })
  } else if (size) {
    // React Flow moves it after this handler; its end is not announced as a drag's is.
    setTimeout(() => {
      const position = plane.flow.getNode(app)?.position
      if (position) plane.session.layout.place(app, { ...rect, ...position })
    })
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    event.preventDefault()
    plane.askToDelete(app)
  } else if (event.key === 'Enter') {
    target.querySelector('iframe')?.focus()
  }
}
