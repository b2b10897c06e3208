// One open canvas: the apps, their layout, the bus, the running generation. It wires the rest of this folder
// together and knows nothing of React.
import { Api } from './api.ts'
import { Backoff } from './backoff.ts'
import { BusClient, type Connection, type Socket } from './bus-client.ts'
import { flowsOf, publishersFor } from './flows.ts'
import { Generations } from './generations.ts'
import { freePlace, type Point, type Rect } from './geometry.ts'
import { LayoutStore } from './layout-store.ts'
import type { TextStorage } from './storage.ts'
import { pushBounded, Signal, Store } from './store.ts'
import type { AppInfo, BusEvent, LogLine } from './types.ts'

const EVENTS_MAX = 200
const PAGE_ERRORS_MAX = 50
const NOTICES_MAX = 3
/** A window's title bar, above the page that the manifest gives the size of. */
export const TITLE_BAR_HEIGHT = 44
/** Between an app and the one it hears: room for the edge and its label. */
const FLOW_LENGTH = 168

export interface SessionEnvironment {
  readonly fetch: typeof fetch
  readonly openSocket: () => Socket
  readonly storage: TextStorage
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
  readonly generations: Generations
  readonly notices = new Store<readonly Notice[]>([])
  readonly pageErrors = new Store<ReadonlyMap<string, readonly LogLine[]>>(new Map())
  /** An event passed on the bus. */
  readonly passed = new Signal<BusEvent>()
  /** An app got its first place: show it. */
  readonly placed = new Signal<string>()
  /** The middle of what the person sees, in the plane's units; the plane keeps it up to date. */
  centre: Point = { x: 0, y: 0 }

  private readonly bus: BusClient
  private noticeCount = 0
  private refreshing: Promise<void> | null = null
  private refreshAgain = false
  private readonly backoff = new Backoff({ first_ms: 1_000, max_ms: 30_000 })
  private retryTimer: ReturnType<typeof setTimeout> | undefined

  constructor(environment: SessionEnvironment) {
    this.api = new Api(environment.fetch)
    this.layout = new LayoutStore({
      save: (layout, leaving) => this.api.saveLayout(layout, leaving),
      onSaved: (ok) => ok || this.connection.get() !== 'live' || this.notify('error', 'The layout could not be saved yet; trying again.'),
    })
    this.generations = new Generations({
      api: this.api,
      storage: environment.storage,
      notify: (kind, text) => this.notify(kind, text),
      onComplete: () => this.refresh(),
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
    await this.generations.resume()
  }

  stop(): void {
    this.bus.stop()
    this.generations.stop()
    this.layout.flush()
    clearTimeout(this.retryTimer)
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
    clearTimeout(this.retryTimer)
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
      this.setApps(apps.toSorted(order))
      this.placeMissing()
      this.loaded.set('ready')
      this.backoff.reset()
    } catch {
      if (this.loaded.get() === 'loading') this.loaded.set('failed')
      // A connection that comes back refreshes; while it stands, nothing else would.
      if (this.connection.get() === 'live') this.retryTimer = setTimeout(() => void this.refresh(), this.backoff.next())
    }
  }

  private setApps(apps: readonly AppInfo[]): void {
    const names = new Set(apps.map((app) => app.name))
    this.apps.set(apps)
    this.layout.keepOnly(names)
    this.pageErrors.update((errors) => ([...errors.keys()].every((app) => names.has(app)) ? errors : new Map([...errors].filter(([app]) => names.has(app)))))
  }

  async deleteApp(app: string): Promise<void> {
    await this.api.deleteApp(app)
    this.layout.remove(app)
    this.setApps(this.apps.get().filter((other) => other.name !== app))
  }

  notify(kind: Notice['kind'], text: string): void {
    this.noticeCount += 1
    this.notices.update((notices) => pushBounded(notices, { id: this.noticeCount, kind, text }, NOTICES_MAX))
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
    const others = flowsOf(apps).flatMap((flow) => (flow.from === name ? [flow.to] : flow.to === name ? [flow.from] : []))
    return others.map((other) => this.layout.placeOf(other)).filter((rect) => rect !== undefined)
  }

  /** Gives each app without a place a free one: right of an app that it listens to, else in view. */
  private placeMissing(): void {
    const apps = this.apps.get()
    for (const app of apps) {
      if (this.layout.placeOf(app.name)) continue
      const size = preferredSize(app)
      const heard = publishersFor(app, apps).map((other) => this.layout.placeOf(other.name)).find((rect) => rect !== undefined)
      const near: Point = heard
        ? { x: heard.x + heard.width + FLOW_LENGTH, y: heard.y }
        : { x: this.centre.x - size.width / 2, y: this.centre.y - size.height / 2 }
      const taken: Rect[] = apps.map((other) => this.layout.placeOf(other.name)).filter((rect) => rect !== undefined)
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
