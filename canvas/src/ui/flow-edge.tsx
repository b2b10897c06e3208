// An event flow between two apps: a quiet line, which lights up when an event passes along it.
import { BaseEdge, EdgeLabelRenderer, getBezierPath, Position, useInternalNode, type Edge, type EdgeProps, type InternalNode } from '@xyflow/react'
import { useEffect, useState } from 'react'
import { passes, type Flow } from '../core/flows.ts'
import type { Rect } from '../core/geometry.ts'
import { hueOf } from './glyph.tsx'
import { useSession } from './session-context.ts'

export type FlowEdgeData = Edge<{ readonly flow: Flow }, 'flow'>

const LIT_MS = 1_600

export function FlowEdge({ id, source, target, data }: EdgeProps<FlowEdgeData>) {
  const from = useInternalNode(source)
  const to = useInternalNode(target)
  const flow = data?.flow
  const lit = useLit(flow)
  if (!from || !to || !flow) return null
  const place = ends(rectOf(from), rectOf(to))
  const [path, x, y] = getBezierPath(place)
  const style = { '--hue': hueOf(source) } as React.CSSProperties
  return (
    <g style={style} className={lit > 0 ? 'flow flow-lit' : 'flow'}>
      <BaseEdge id={id} path={path} className="flow-line" interactionWidth={0} />
      <circle cx={place.sourceX} cy={place.sourceY} r={3.5} className="flow-end" />
      <circle cx={place.targetX} cy={place.targetY} r={3.5} className="flow-end" />
      {lit > 0 && <circle key={lit} r={5} className="flow-dot" style={{ offsetPath: `path("${path}")` }} />}
      <EdgeLabelRenderer>
        <div className={lit > 0 ? 'flow-label flow-label-lit' : 'flow-label'} style={{ ...style, transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }} title={flow.types.join('\n')}>
          {labelOf(flow)}
        </div>
      </EdgeLabelRenderer>
    </g>
  )
}

/** Counts events on the flow while it is lit; 0 when it is not. */
function useLit(flow: Flow | undefined): number {
  const session = useSession()
  const [lit, setLit] = useState(0)
  useEffect(() => {
    if (!flow) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = session.passed.subscribe((event) => {
      if (!passes(flow, event)) return
      clearTimeout(timer)
      setLit((count) => count + 1)
      timer = setTimeout(() => setLit(0), LIT_MS)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [flow, session])
  return lit
}

const labelOf = (flow: Flow): string => (flow.types.length > 1 ? `${flow.types[0] ?? ''} +${flow.types.length - 1}` : (flow.types[0] ?? ''))

const rectOf = (node: InternalNode): Rect => ({
  ...node.internals.positionAbsolute,
  width: node.measured.width ?? node.width ?? 0,
  height: node.measured.height ?? node.height ?? 0,
})

interface Ends {
  readonly sourceX: number
  readonly sourceY: number
  readonly sourcePosition: Position
  readonly targetX: number
  readonly targetY: number
  readonly targetPosition: Position
}

/** From the border that faces the other app to the border that faces back. */
function ends(from: Rect, to: Rect): Ends {
  const dx = to.x + to.width / 2 - (from.x + from.width / 2)
  const dy = to.y + to.height / 2 - (from.y + from.height / 2)
  const apart_x = Math.abs(dx) - (from.width + to.width) / 2
  const apart_y = Math.abs(dy) - (from.height + to.height) / 2
  const [sourcePosition, targetPosition] =
    apart_x >= apart_y
      ? dx >= 0 ? [Position.Right, Position.Left] : [Position.Left, Position.Right]
      : dy >= 0 ? [Position.Bottom, Position.Top] : [Position.Top, Position.Bottom]
  const [sourceX, sourceY] = pointAt(from, sourcePosition)
  const [targetX, targetY] = pointAt(to, targetPosition)
  return { sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition }
}

function pointAt(rect: Rect, side: Position): readonly [number, number] {
  const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2]
  switch (side) {
    case Position.Left:
      return [rect.x, y]
    case Position.Right:
      return [rect.x + rect.width, y]
    case Position.Top:
      return [x, rect.y]
    case Position.Bottom:
      return [x, rect.y + rect.height]
  }
}
