// Where each app stands, kept on the server. Local changes are saved after a short rest; what another browser
// saves arrives here and wins, except over what was just changed here and is not saved yet.
import { Backoff } from './backoff.ts'
import type { Point, Rect } from './geometry.ts'
import { fieldsOf } from './parse.ts'
import { Store } from './store.ts'
import { isAppName } from './types.ts'

export interface Viewport extends Point {
  readonly zoom: number
}

export interface Layout {
  readonly nodes: Readonly<Record<string, Rect>>
  readonly viewport: Viewport | null
}

export interface LayoutOptions {
  readonly save: (layout: Layout, leaving: boolean) => Promise<void>
  readonly onSaved?: (ok: boolean) => void
  readonly setTimer?: (run: () => void, delay_ms: number) => unknown
  readonly clearTimer?: (timer: unknown) => void
}

const REST_MS = 400
const COORDINATE_MAX = 1_000_000
const SIZE_MIN = 120
const SIZE_MAX = 8_000
export const ZOOM = { min: 0.2, max: 2 } as const

export class LayoutStore {
  readonly layout = new Store<Layout>({ nodes: {}, viewport: null })
  private readonly options: LayoutOptions
  private readonly backoff = new Backoff({ first_ms: 1_000, max_ms: 30_000 })
  /** Apps that changed here since the last save that succeeded. */
  private changed = new Set<string>()
  /** Those among them that the save under way holds; `null` while there is none. */
  private saving: ReadonlySet<string> | null = null
  private viewportChanged = false
  private timer: unknown = null

  constructor(options: LayoutOptions) {
    this.options = options
  }

  /** Where an app stands. */
  placeOf(app: string): Rect | undefined {
    return placeIn(this.layout.get(), app)
  }

  /**
   * A layout from the server: the first one, or what another browser saved. A place that is not in it stays: the
   * other browser may have saved before it knew of that app.
   */
  receive(value: unknown): void {
    const received = parseLayout(value)
    const current = this.layout.get()
    const nodes: Record<string, Rect> = { ...current.nodes }
    for (const [app, rect] of Object.entries(received.nodes)) {
      if (this.changed.has(app) || this.saving?.has(app)) continue
      // The same object for the same place: nothing is drawn again for the echo of our own save.
      const before = placeIn(current, app)
      nodes[app] = before && sameRect(before, rect) ? before : rect
    }
    // Two browsers may look at different parts of the plane: a viewport is taken over only once.
    const viewport = current.viewport ?? received.viewport
    if (viewport === current.viewport && sameNodes(nodes, current.nodes)) return
    this.layout.set({ nodes, viewport })
  }

  place(app: string, rect: Rect): void {
    const current = this.layout.get()
    const before = placeIn(current, app)
    if (before && sameRect(before, rect)) return
    this.layout.set({ ...current, nodes: { ...current.nodes, [app]: rect } })
    this.changed.add(app)
    this.scheduleSave(REST_MS)
  }

  remove(app: string): void {
    const current = this.layout.get()
    if (!placeIn(current, app)) return
    const { [app]: _removed, ...nodes } = current.nodes
    this.layout.set({ ...current, nodes })
    this.changed.add(app)
    this.scheduleSave(REST_MS)
  }

  /** Forgets the places of apps that are gone. The next save takes them away at the server too. */
  keepOnly(apps: ReadonlySet<string>): void {
    const current = this.layout.get()
    const kept = Object.entries(current.nodes).filter(([app]) => apps.has(app))
    if (kept.length < Object.keys(current.nodes).length) this.layout.set({ ...current, nodes: Object.fromEntries(kept) })
  }

  moveViewport(viewport: Viewport): void {
    const current = this.layout.get()
    const before = current.viewport
    if (before && before.x === viewport.x && before.y === viewport.y && before.zoom === viewport.zoom) return
    this.layout.set({ ...current, viewport })
    this.viewportChanged = true
    this.scheduleSave(REST_MS)
  }

  /** Saves what is not saved yet at once: the page is going away. If it stays after all, the save that was due comes. */
  flush(): void {
    if (!this.isDirty) return
    void this.options.save(this.layout.get(), true).catch(() => undefined)
  }

  private get isDirty(): boolean {
    return this.changed.size > 0 || this.viewportChanged || this.saving !== null
  }

  private scheduleSave(delay_ms: number): void {
    this.cancelTimer()
    const run = (): void => {
      this.timer = null
      void this.save()
    }
    this.timer = this.options.setTimer ? this.options.setTimer(run, delay_ms) : setTimeout(run, delay_ms)
  }

  private async save(): Promise<void> {
    // One save at a time, so that an older one cannot arrive after a newer one.
    if (this.saving) return this.scheduleSave(REST_MS)
    const { changed, viewportChanged } = this
    this.saving = changed
    this.changed = new Set()
    this.viewportChanged = false
    try {
      await this.options.save(this.layout.get(), false)
      this.backoff.reset()
      this.options.onSaved?.(true)
    } catch {
      for (const app of changed) this.changed.add(app)
      this.viewportChanged ||= viewportChanged
      this.options.onSaved?.(false)
      this.scheduleSave(this.backoff.next())
    } finally {
      this.saving = null
    }
    return undefined
  }

  private cancelTimer(): void {
    if (this.timer === null) return
    if (this.options.clearTimer) this.options.clearTimer(this.timer)
    else clearTimeout(this.timer as ReturnType<typeof setTimeout>)
    this.timer = null
  }
}

/** Own properties only: an app may be called `constructor`. */
export const placeIn = (layout: Layout, app: string): Rect | undefined => (Object.hasOwn(layout.nodes, app) ? layout.nodes[app] : undefined)

/** What can be used of a layout: a place with a number that is none is left out, sizes are kept in bounds. */
export function parseLayout(value: unknown): Layout {
  const fields = fieldsOf(value)
  const nodes: Record<string, Rect> = {}
  for (const [app, place] of Object.entries(fieldsOf(fields.nodes))) {
    const { x, y, width, height } = fieldsOf(place)
    if (!isAppName(app)) continue
    if (!isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height)) continue
    nodes[app] = {
      x: clamp(x, -COORDINATE_MAX, COORDINATE_MAX),
      y: clamp(y, -COORDINATE_MAX, COORDINATE_MAX),
      width: clamp(width, SIZE_MIN, SIZE_MAX),
      height: clamp(height, SIZE_MIN, SIZE_MAX),
    }
  }
  const { x, y, zoom } = fieldsOf(fields.viewport)
  const viewport = isNumber(x) && isNumber(y) && isNumber(zoom) ? { x, y, zoom: clamp(zoom, ZOOM.min, ZOOM.max) } : null
  return { nodes, viewport }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max)
const sameRect = (a: Rect, b: Rect): boolean => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height

function sameNodes(a: Layout['nodes'], b: Layout['nodes']): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
}
