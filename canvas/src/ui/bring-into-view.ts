// Moves the plane so that an app can be seen: a new one, or one that was asked for.
import type { FitViewOptions, ReactFlowInstance } from '@xyflow/react'
import { useEffect, useRef, type RefObject } from 'react'
import { bounds, contains, overlaps, type Rect } from '../core/geometry.ts'
import { ZOOM } from '../core/layout-store.ts'
import type { AppNodeData } from './app-node.tsx'
import type { FlowEdgeData } from './flow-edge.tsx'
import { useMedia, useSession } from './session-context.ts'
import { useWorkspace } from './workspace.ts'

type Flow = ReactFlowInstance<AppNodeData, FlowEdgeData>

/** What lies over the plane's edges: the top bar, and the prompt bar. */
const TOP = 72
const BOTTOM = 132
const SIDE = 24
const CARD = 392
const MARGIN = 32
const AFTER_DRAWING_MS = 60
const ZOOM_READABLE = 0.6

export function useBringIntoView(flow: Flow, element: RefObject<HTMLDivElement | null>): void {
  const session = useSession()
  const { shown } = useWorkspace()
  const isCalm = useMedia('(prefers-reduced-motion: reduce)')
  const hasCard = useMedia('(min-width: 1024px)')
  const show = useRef<(app: string) => void>(() => undefined)

  useEffect(() => {
    show.current = (app) => {
      const rect = session.layout.placeOf(app)
      const box = element.current?.getBoundingClientRect()
      if (!rect || !box) return
      const { zoom } = flow.getViewport()
      const left = hasCard && session.generations.shown.get() ? CARD : SIDE
      const free = { x: left, y: TOP, width: box.width - left - SIDE, height: box.height - TOP - BOTTOM }
      const start = flow.screenToFlowPosition({ x: box.x + free.x, y: box.y + free.y })
      const seen = { ...start, width: free.width / zoom, height: free.height / zoom }
      const zoomFor = (target: Rect): number => Math.min(free.width / (target.width + MARGIN), free.height / (target.height + MARGIN))
      // With the apps it exchanges events with, where all of them stay readable.
      const all = bounds([rect, ...session.neighbourPlaces(app)]) ?? rect
      const target = zoomFor(all) >= ZOOM_READABLE ? all : rect
      if (contains(seen, target)) return
      const nextZoom = Math.min(1, zoomFor(target), Math.max(zoom, ZOOM_READABLE))
      const x = free.x + free.width / 2 - (target.x + target.width / 2) * nextZoom
      const y = free.y + free.height / 2 - (target.y + target.height / 2) * nextZoom
      const viewport = { x, y, zoom: Math.max(nextZoom, ZOOM.min) }
      void flow.setViewport(viewport, { duration: isCalm ? 0 : 450 })
      session.layout.moveViewport(viewport)
    }
  })

  useEffect(() => {
    // After the nodes have been drawn.
    const later = (app: string): void => void setTimeout(() => show.current(app), AFTER_DRAWING_MS)
    return session.placed.subscribe(later)
  }, [session])

  useEffect(() => {
    if (shown) show.current(shown.app)
  }, [shown])
}

/** The first picture shows an app: a view that was saved on another screen may show none. */
export function useShowSomething(flow: Flow, element: RefObject<HTMLDivElement | null>, nodes: readonly AppNodeData[], fit: FitViewOptions): void {
  const done = useRef(false)
  useEffect(() => {
    const box = element.current?.getBoundingClientRect()
    if (done.current || nodes.length === 0 || !box) return
    done.current = true
    const start = flow.screenToFlowPosition({ x: box.x, y: box.y })
    const { zoom } = flow.getViewport()
    const seen = { ...start, width: box.width / zoom, height: box.height / zoom }
    const isSeen = nodes.some((node) => overlaps({ ...node.position, width: node.width ?? 0, height: node.height ?? 0 }, seen))
    if (!isSeen) setTimeout(() => void flow.fitView(fit), AFTER_DRAWING_MS)
  }, [element, fit, flow, nodes])
}
