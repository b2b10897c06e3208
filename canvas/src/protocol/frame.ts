// What the canvas and an app's frame say to one another. Both sides import this file; it is the whole
// protocol.
//
//   frame                                              canvas
//   ─────                                              ──────
//   window.parent.postMessage(Hello, HOST, [port]) ──▶ checks event.origin, event.source and the app's name,
//                                                      keeps the port: one for each loaded document
//                                              port ◀─ welcome
//   port ─ ready · error · reload ─────────────────▶
//                                              port ◀─ event · theme
//
// The frame's document has an opaque origin, which can be addressed only with "*". So the frame makes the
// channel and sends one end along with its hello, addressed to the host's own origin (it is the origin of
// the frame's URL); the canvas answers on the port. Nothing is ever posted to "*", and the hello holds no
// secret.
//
// A frame is hostile until proven otherwise: everything it says is parsed here, cut to a length, and
// counted by `core/frame-link.ts`. The canvas decides which events a frame gets, by the app's manifest.

/** Raised when an older partner would misread a message. */
export const FRAME_PROTOCOL = 1

export type Theme = 'light' | 'dark'

/** A CloudEvent as the host hands it out. `sequence` is its place in the log, as decimal text. */
export interface BusEvent {
  readonly specversion: string
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time: string
  readonly subject?: string
  readonly data?: unknown
  readonly hops?: number
  readonly sequence?: string
}

/** The only message that goes from window to window. It comes with one MessagePort. */
export interface FrameHello {
  readonly kind: 'atoll-hello'
  readonly protocol: number
  readonly app: string
  readonly revision: number
}

/** Where in the page's life an error happened. `blocked`: the sandbox refused something the page tried. */
export type FramePhase = 'load' | 'render' | 'run' | 'blocked'

/** From the frame, on its port. */
export type ToCanvas =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reload' }
  | { readonly kind: 'error'; readonly phase: FramePhase; readonly message: string; readonly stack?: string }

/** From the canvas, on the frame's port. */
export type ToFrame =
  | { readonly kind: 'welcome'; readonly protocol: number; readonly theme: Theme }
  | { readonly kind: 'theme'; readonly theme: Theme }
  | { readonly kind: 'event'; readonly event: BusEvent }

export const MESSAGE_LENGTH_MAX = 2_000
export const STACK_LENGTH_MAX = 8_000
const NAME_LENGTH_MAX = 63
const PHASES: readonly string[] = ['load', 'render', 'run', 'blocked'] satisfies FramePhase[]

type Fields = Record<string, unknown>

/** Own properties only, so that a polluted prototype adds no field. */
function fieldsOf(value: unknown): Fields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return Object.assign(Object.create(null) as Fields, value)
}

const themeOf = (value: unknown): Theme | null => (value === 'light' || value === 'dark' ? value : null)

export function parseHello(value: unknown): FrameHello | null {
  const fields = fieldsOf(value)
  if (fields?.kind !== 'atoll-hello') return null
  const { protocol, app, revision } = fields
  if (!Number.isSafeInteger(protocol) || !Number.isSafeInteger(revision)) return null
  if (typeof app !== 'string' || app.length > NAME_LENGTH_MAX) return null
  return { kind: 'atoll-hello', protocol: protocol as number, app, revision: revision as number }
}

export function parseToCanvas(value: unknown): ToCanvas | null {
  const fields = fieldsOf(value)
  switch (fields?.kind) {
    case 'ready':
    case 'reload':
      return { kind: fields.kind }
    case 'error': {
      const { phase, message, stack } = fields
      if (typeof phase !== 'string' || !PHASES.includes(phase) || typeof message !== 'string') return null
      const error = { kind: 'error', phase: phase as FramePhase, message: message.slice(0, MESSAGE_LENGTH_MAX) } as const
      return typeof stack === 'string' ? { ...error, stack: stack.slice(0, STACK_LENGTH_MAX) } : error
    }
    default:
      return null
  }
}

export function parseToFrame(value: unknown): ToFrame | null {
  const fields = fieldsOf(value)
  switch (fields?.kind) {
    case 'welcome': {
      const theme = themeOf(fields.theme)
      return theme && typeof fields.protocol === 'number' ? { kind: 'welcome', protocol: fields.protocol, theme } : null
    }
    case 'theme': {
      const theme = themeOf(fields.theme)
      return theme && { kind: 'theme', theme }
    }
    case 'event': {
      const event = parseBusEvent(fields.event)
      return event && { kind: 'event', event }
    }
    default:
      return null
  }
}

/** An event as it comes from the WebSocket, an SSE stream or a port. */
export function parseBusEvent(value: unknown): BusEvent | null {
  const fields = fieldsOf(value)
  if (!fields) return null
  const { id, source, type } = fields
  if (typeof id !== 'string' || typeof source !== 'string' || typeof type !== 'string') return null
  return value as BusEvent
}
