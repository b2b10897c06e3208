// The infinite canvas: apps as nodes, event flows as edges. Positions come from the layout store and go back
// to it when a drag or a resize ends.
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type AriaLabelConfig,
  type NodeChange,
} from '@xyflow/react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { flowsOf } from '../core/flows.ts'
import { placeIn, ZOOM } from '../core/layout-store.ts'
import { AppNode, type AppNodeData, nodeFor } from './app-node.tsx'
import { FlowEdge, type FlowEdgeData } from './flow-edge.tsx'
import { hueOf } from './glyph.tsx'
import { useBringIntoView, useShowSomething } from './bring-into-view.ts'
import { handlePlaneKeys, KEYS_IN_WORDS } from './plane-keys.ts'
import { useMedia, useSession, useStore } from './session-context.ts'
import { useWorkspace } from './workspace.ts'

const nodeTypes = { app: AppNode }
const edgeTypes = { flow: FlowEdge }
/** Clear of the top bar and the prompt. */
const FIT = { padding: { top: '84px', right: '32px', bottom: '120px', left: '72px' }, maxZoom: 1 } as const

const ARIA_LABELS: Partial<AriaLabelConfig> = { 'node.a11yDescription.default': KEYS_IN_WORDS, 'node.a11yDescription.keyboardDisabled': KEYS_IN_WORDS }

type ChangeNodes = (change: (nodes: AppNodeData[]) => AppNodeData[]) => void

export function Plane() {
  return (
    <ReactFlowProvider>
      <PlaneInside />
    </ReactFlowProvider>
  )
}

function PlaneInside() {
  const session = useSession()
  const apps = useStore(session.apps)
  const layout = useStore(session.layout.layout)
  const workspace = useWorkspace()
  const flow = useReactFlow<AppNodeData, FlowEdgeData>()
  const element = useRef<HTMLDivElement>(null)
  const [nodes, changeNodes, latestNodes] = useNodes()
  const [busy, setBusy] = useState(false)
  const isWide = useMedia('(min-width: 900px)')
  useBringIntoView(flow, element)
  useShowSomething(flow, element, nodes, FIT)
  useSelectFocusedFrame(changeNodes)

  useEffect(() => {
    changeNodes((before) => apps.flatMap((app) => nodeFor(app, placeIn(layout, app.name), before) ?? []))
  }, [apps, changeNodes, layout])

  const edges = useMemo(
    () => flowsOf(apps).map((item): FlowEdgeData => ({ id: item.id, type: 'flow', source: item.from, target: item.to, data: { flow: item }, focusable: false })),
    [apps],
  )

  const rememberCentre = useCallback(() => {
    const box = element.current?.getBoundingClientRect()
    if (box) session.centre = flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 })
  }, [flow, session])

  const onNodesChange = (changes: NodeChange<AppNodeData>[]): void => {
    changeNodes((before) => applyNodeChanges(changes, before))
    for (const change of changes) {
      // Arrow keys move an app without a drag: then, too, `dragging` is false.
      const moved = change.type === 'position' && change.dragging === false
      const resized = change.type === 'dimensions' && change.resizing === false
      if (moved || resized) savePlace(change.id)
    }
  }
  const savePlace = (app: string): void => {
    const node = latestNodes().find((candidate) => candidate.id === app)
    const [width, height] = [node?.width ?? node?.measured?.width, node?.height ?? node?.measured?.height]
    if (node && width && height) session.layout.place(app, { ...node.position, width, height })
  }

  return (
    <div ref={element} className="absolute inset-0" data-busy={busy || undefined}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onNodeDragStart={() => setBusy(true)}
        onNodeDragStop={() => setBusy(false)}
        onMoveStart={() => setBusy(true)}
        onMoveEnd={(event, viewport) => {
          setBusy(false)
          rememberCentre()
          // Without an event the page itself moved it.
          if (event) session.layout.moveViewport(viewport)
        }}
        onInit={rememberCentre}
        onKeyDownCapture={(event) => handlePlaneKeys(event, session, workspace.askToDelete)}
        ariaLabelConfig={ARIA_LABELS}
        {...(layout.viewport ? { defaultViewport: layout.viewport } : { fitView: true, fitViewOptions: FIT })}
        minZoom={ZOOM.min}
        maxZoom={ZOOM.max}
        panOnScroll
        zoomOnDoubleClick={false}
        nodesConnectable={false}
        nodeDragThreshold={3}
        deleteKeyCode={null}
        attributionPosition="bottom-right"
        aria-label="Canvas"
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1.4} color="var(--dots)" />
        <Controls showInteractive={false} fitViewOptions={{ ...FIT, duration: 300 }} position="bottom-left" />
        {isWide && nodes.length > 0 && (
          <MiniMap<AppNodeData> pannable zoomable position="bottom-right" ariaLabel="Map of the canvas" nodeColor={(node) => `light-dark(oklch(0.84 0.07 ${hueOf(node.id)}), oklch(0.45 0.07 ${hueOf(node.id)}))`} nodeBorderRadius={24} nodeStrokeWidth={0} />
        )}
      </ReactFlow>
    </div>
  )
}

/** The nodes, how to change them, and how to read them as the last change left them, drawn or not. */
function useNodes(): readonly [AppNodeData[], ChangeNodes, () => readonly AppNodeData[]] {
  const [nodes, setNodes] = useState<AppNodeData[]>([])
  const latest = useRef(nodes)
  const change = useCallback<ChangeNodes>((next) => {
    latest.current = next(latest.current)
    setNodes(latest.current)
  }, [])
  const read = useCallback(() => latest.current, [])
  return [nodes, change, read]
}

/** A click inside a frame never reaches this page; what it does is take the focus. */
function useSelectFocusedFrame(changeNodes: ChangeNodes): void {
  useEffect(() => {
    const onBlur = (): void => {
      const focused = document.activeElement
      const app = focused instanceof HTMLIFrameElement ? focused.closest<HTMLElement>('[data-app]')?.dataset.app : undefined
      if (app) changeNodes((nodes) => nodes.map((node) => (node.selected === (node.id === app) ? node : { ...node, selected: node.id === app })))
    }
    window.addEventListener('blur', onBlur)
    return () => window.removeEventListener('blur', onBlur)
  }, [changeNodes])
}
