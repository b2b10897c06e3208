// An app as a node of the plane: its window, with handles to size it.
import { Handle, NodeResizer, Position, type Node, type NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { Rect } from '../core/geometry.ts'
import type { AppInfo } from '../core/types.ts'
import { AppWindow } from './app-window.tsx'

export type AppNodeData = Node<{ readonly app: AppInfo }, 'app'>

export const APP_SIZE_MIN = { width: 280, height: 180 } as const

export const AppNode = memo(function AppNode({ data, selected }: NodeProps<AppNodeData>) {
  return (
    <>
      <NodeResizer isVisible={selected} minWidth={APP_SIZE_MIN.width} minHeight={APP_SIZE_MIN.height} lineClassName="resize-line" handleClassName="resize-handle" />
      <AppWindow app={data.app} selected={selected} />
      {/* Edges end at the window's border (flow-edge.tsx); React Flow wants to know of a place all the same. */}
      <Handle type="target" position={Position.Left} isConnectable={false} className="hidden-handle" />
      <Handle type="source" position={Position.Right} isConnectable={false} className="hidden-handle" />
    </>
  )
})

/** The node for an app: what React Flow knows of it is kept, its place is the layout's unless it is being moved. */
export function nodeFor(app: AppInfo, rect: Rect | undefined, before: readonly AppNodeData[]): AppNodeData | null {
  if (!rect) return null
  const known = before.find((node) => node.id === app.name)
  const data = known?.data.app === app ? known.data : { app }
  if (known?.dragging || known?.resizing) return known.data === data ? known : { ...known, data }
  const place = { position: { x: rect.x, y: rect.y }, width: rect.width, height: rect.height }
  return { ...known, id: app.name, type: 'app', data, dragHandle: '.title-bar', ariaLabel: app.title, ...place }
}
