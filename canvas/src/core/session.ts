// One open canvas: the apps, their layout, the bus, the running generation. It wires the rest of this folder
// together and knows nothing of React.
import { Api, ApiProblem } from './api.ts'
import { BusClient, type Connection, type Socket } from './bus-client.ts'
import { readEventStream } from './event-stream.ts'
import { flowsOf, publishersFor } from './flows.ts'
import { failedGeneration, reduceGeneration, startedGeneration, type Generation } from './generation.ts'
import { freePlace, type Point, type Rect } from './geometry.ts'
import { LayoutStore } from './layout-store.ts'
import { pushBounded, Signal, Store } from './store.ts'
import type { AppInfo, BusEvent, LogLine } from './types.ts'

const EVENTS_MAX = 200
const PAGE_ERRORS_MAX = 50
/** A window's title bar, above the page that the manifest gives the size of. */
export const TITLE_BAR_HEIGHT = 44
/** Between an app and the one it hears: room for the edge and its label. */
const FLOW_LENGTH = 168
const GENERATION_KEY = 'atoll.generation'

export interface SessionEnvironment {
  readonly fetch: typeof fetch
  readonly openSocket: () => Socket
  /** Remembers the running generation over a reload of the page. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

export interface Notice {
  readonly id: number
  readonly kind: 'info' | 'error'
  readonly text: string
}

export class Session {
  readonly api: Api
  readonly layout: LayoutStore
  readonly apps = new Store<readonly AppInfo[]>([])
  readonly loaded = new Store<'loading' | 'ready' | 'failed'>('loading')
  readonly connection = new Store<Connection>('connecting')
  readonly events = new Store<readonly BusEvent[]>([])
  readonly generation = new Store<Generation | null>(null)
  readonly notices = new Store<readonly Notice[]>([])
  readonly pageErrors = new Store<ReadonlyMap<string, readonly LogLine[]>>(new Map())
  /** An event passed on the bus. */
  readonly passed = new Signal<BusEvent>()
  /** An app got its first place: show it. */
  readonly placed = new Signal<string>()
  /** The middle of what the person sees, in the plane's units; the plane keeps it up to date. */
  centre: Point = { x: 0, y: 0 }

  private readonly environment: SessionEnvironment
  private readonly bus: BusClient
  private generationStop: AbortController | null = null
  private layoutLoaded = false
  private noticeCount = 0
  private refreshing: Promise<void> | null = null
  private refreshAgain = false

  constructor(environment: SessionEnvironment) {
    this.environment = environment
    this.api = new Api(environment.fetch)
    this.layout = new LayoutStore({
      save: (layout, leaving) => this.api.saveLayout(layout, leaving),
      onSaved: (ok) => ok || this.connection.get() !== 'live' || this.notify('error', 'The layout could not be saved yet; trying again.'),
    })
    this.bus = new BusClient({
      open: environment.openSocket,
      onEvent: (event) => {
        this.events.update((events) => pushBounded(events, event, EVENTS_MAX))
        this.passed.emit(event)
      },
      onApp: () => void this.refresh(),
      onLayout: (layout) => this.layout.receive(layout),
      onLive: () => void this.refresh(),
      onConnection: (connection) => this.connection.set(connection),
    })
  }

  async start(): Promise<void> {
    this.bus.start()
    await this.refresh()
    const remembered = this.environment.storage.getItem(GENERATION_KEY)
    if (remembered && this.generation.get() === null) this.resumeGeneration(remembered)
  }

  stop(): void {
    this.bus.stop()
    this.generationStop?.abort()
    this.layout.flush()
  }

  /** The page or the network came back. */
  wake(): void {
    this.bus.retryNow()
  }

  /** Fetches apps and layout. Calls while one is under way make one more at its end. */
  refresh(): Promise<void> {
    if (this.refreshing) {
      this.refreshAgain = true
      return this.refreshing
    }
    this.refreshing = this.fetchAll().finally(() => {
      this.refreshing = null
      if (!this.refreshAgain) return
      this.refreshAgain = false
      void this.refresh()
    })
    return this.refreshing
  }

  private async fetchAll(): Promise<void> {
    try {
      const [apps, layout] = await Promise.all([this.api.apps(), this.api.layout()])
      this.layout.receive(layout)
      this.layoutLoaded = true
      this.apps.set(apps.toSorted(order))
      this.placeMissing()
      this.loaded.set('ready')
    } catch {
      if (this.loaded.get() === 'loading') this.loaded.set('failed')
    }
  }

  async deleteApp(app: string): Promise<void> {
    await this.api.deleteApp(app)
    this.apps.update((apps) => apps.filter((other) => other.name !== app))
    this.layout.remove(app)
  }

  async generate(prompt: string): Promise<void> {
    this.generationStop?.abort()
    this.generation.set(startedGeneration(prompt))
    try {
      const id = await this.api.generate(prompt)
      this.environment.storage.setItem(GENERATION_KEY, JSON.stringify({ id, prompt }))
      this.generation.set(startedGeneration(prompt, id))
      await this.followGeneration(id)
    } catch (error) {
      this.failGeneration(error)
    }
  }

  /** Puts the finished generation away; a running one goes on at the host. */
  dismissGeneration(): void {
    this.generationStop?.abort()
    this.environment.storage.removeItem(GENERATION_KEY)
    this.generation.set(null)
  }

  notify(kind: Notice['kind'], text: string): void {
    this.noticeCount += 1
    this.notices.update((notices) => pushBounded(notices, { id: this.noticeCount, kind, text }, 3))
  }

  dismissNotice(id: number): void {
    this.notices.update((notices) => notices.filter((notice) => notice.id !== id))
  }

  /** An error of an app's page, kept beside its log. */
  addPageError(app: AppInfo, message: string): void {
    const line: LogLine = { time: new Date().toISOString(), level: 'error', message, call: 'page', revision: app.revision }
    this.pageErrors.update((errors) => new Map(errors).set(app.name, pushBounded(errors.get(app.name) ?? [], line, PAGE_ERRORS_MAX)))
  }

  /** Where the apps stand that an app hears, or that hear it. */
  neighbourPlaces(name: string): Rect[] {
    const apps = this.apps.get()
    const { nodes } = this.layout.layout.get()
    const others = flowsOf(apps).flatMap((flow) => (flow.from === name ? [flow.to] : flow.to === name ? [flow.from] : []))
    return others.map((other) => nodes[other]).filter((rect) => rect !== undefined)
  }

  private resumeGeneration(remembered: string): void {
    try {
      const { id, prompt } = JSON.parse(remembered) as { id: string; prompt: string }
      this.generation.set(startedGeneration(prompt, id))
      this.followGeneration(id).catch(() => this.dismissGeneration())
    } catch {
      this.environment.storage.removeItem(GENERATION_KEY)
    }
  }

  private async followGeneration(id: string): Promise<void> {
    const controller = new AbortController()
    this.generationStop = controller
    await readEventStream({
      url: `/api/v1/generations/${encodeURIComponent(id)}/events`,
      fetch: this.api.fetch,
      signal: controller.signal,
      onMessage: (message) => {
        this.generation.update((generation) => generation && reduceGeneration(generation, message))
        return this.generation.get()?.status !== 'running'
      },
    })
    this.environment.storage.removeItem(GENERATION_KEY)
    if (this.generation.get()?.status === 'complete') await this.refresh()
  }

  private failGeneration(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    const diagnostics = error instanceof ApiProblem ? error.diagnostics : []
    this.generation.update((generation) => generation && failedGeneration(generation, message, diagnostics))
  }

  /** Gives each app without a place a free one: right of an app that it listens to, else in view. */
  private placeMissing(): void {
    if (!this.layoutLoaded) return
    const apps = this.apps.get()
    for (const app of apps) {
      const { nodes } = this.layout.layout.get()
      if (nodes[app.name]) continue
      const size = preferredSize(app)
      const heard = publishersFor(app, apps).map((other) => nodes[other.name]).find((rect) => rect !== undefined)
      const near: Point = heard
        ? { x: heard.x + heard.width + FLOW_LENGTH, y: heard.y }
        : { x: this.centre.x - size.width / 2, y: this.centre.y - size.height / 2 }
      const taken: Rect[] = apps.map((other) => nodes[other.name]).filter((rect) => rect !== undefined)
      this.layout.place(app.name, { ...freePlace(taken, size, near), ...size })
      this.placed.emit(app.name)
    }
  }
}

/** In order of their making, so that a new app never moves the frames that are there. */
function order(a: AppInfo, b: AppInfo): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1
  return a.name < b.name ? -1 : Number(a.name > b.name)
}

export function preferredSize(app: AppInfo): { width: number; height: number } {
  if (!app.frontend) return { width: 320, height: 220 }
  return { width: app.frontend.width, height: app.frontend.height + TITLE_BAR_HEIGHT }
}
