// The canvas' end of protocol/frame.ts, for one iframe element. It takes one port for the one document that
// the element was made for; when the element loads anything else, the page has left, and the port is closed.
import { FRAME_PROTOCOL, parseHello, parseToCanvas, type BusEvent, type Theme, type ToCanvas, type ToFrame } from '../protocol/frame.ts'

/** Messages a frame may send in a minute; then its port is closed. */
const MESSAGES_PER_MINUTE_MAX = 120

export interface FrameLinkOptions {
  readonly app: string
  readonly theme: () => Theme
  readonly onMessage: (message: ToCanvas) => void
  /** The document went elsewhere, or did not keep to the protocol: take the frame away. */
  readonly onLost: (reason: 'left' | 'flood' | 'protocol') => void
  readonly now_ms?: () => number
}

/** The part of a `message` event that is used. */
export interface HelloEvent {
  readonly origin: string
  readonly source: unknown
  readonly data: unknown
  readonly ports: readonly MessagePort[]
}

export class FrameLink {
  private readonly options: FrameLinkOptions
  private port: MessagePort | null = null
  private loads = 0
  private over = false
  private windowStart_ms = 0
  private messages = 0

  constructor(options: FrameLinkOptions) {
    this.options = options
  }

  /** A message on the canvas' window. `frame` is the window of the iframe this link is for. */
  hello(event: HelloEvent, frame: unknown): void {
    // By source and not by what the message says: a window cannot be forged. The origin of a frame without
    // allow-same-origin is "null"; any other means that the document is not the one that was asked for.
    if (this.over || frame === null || event.source !== frame || event.origin !== 'null') return
    const hello = parseHello(event.data)
    const port = event.ports[0]
    if (!hello || !port || event.ports.length !== 1 || this.port) return
    if (hello.app !== this.options.app) return this.lose('left')
    if (hello.protocol !== FRAME_PROTOCOL) return this.lose('protocol')
    this.port = port
    port.addEventListener('message', (message) => this.receive(message.data))
    port.start()
    this.post({ kind: 'welcome', protocol: FRAME_PROTOCOL, theme: this.options.theme() })
  }

  /** The iframe's `load` event. The first is the app's document; a second one is something else. */
  loaded(): void {
    this.loads += 1
    if (this.loads > 1) this.lose('left')
  }

  event(event: BusEvent): void {
    this.post({ kind: 'event', event })
  }

  theme(theme: Theme): void {
    this.post({ kind: 'theme', theme })
  }

  close(): void {
    this.over = true
    this.port?.close()
    this.port = null
  }

  private post(message: ToFrame): void {
    this.port?.postMessage(message)
  }

  private receive(data: unknown): void {
    if (this.over) return
    const now_ms = this.options.now_ms?.() ?? performance.now()
    if (now_ms - this.windowStart_ms > 60_000) {
      this.windowStart_ms = now_ms
      this.messages = 0
    }
    this.messages += 1
    if (this.messages > MESSAGES_PER_MINUTE_MAX) return this.lose('flood')
    const message = parseToCanvas(data)
    if (message) this.options.onMessage(message)
  }

  private lose(reason: 'left' | 'flood' | 'protocol'): void {
    if (this.over) return
    this.close()
    this.options.onLost(reason)
  }
}
