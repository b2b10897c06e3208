// The canvas' connection to the bus: a WebSocket that comes back by itself and resumes after the last event it
// saw, so that nothing is missed and nothing is seen twice.
import { Backoff } from './backoff.ts'
import { parseBusMessage } from './parse.ts'
import type { BusEvent, BusMessage } from './types.ts'

export type Connection = 'connecting' | 'live' | 'lost'

/** The part of a WebSocket that is used. */
export interface Socket {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: () => void): void
  send(text: string): void
  close(): void
}

export interface BusClientOptions {
  readonly open: () => Socket
  readonly onEvent: (event: BusEvent) => void
  readonly onApp: (message: Extract<BusMessage, { kind: 'app' }>) => void
  readonly onLayout: (layout: unknown) => void
  /** Each time the connection stands. Apps and layout are not replayed: fetch them. */
  readonly onLive: () => void
  readonly onConnection: (connection: Connection) => void
  readonly setTimer?: (run: () => void, delay_ms: number) => unknown
  readonly clearTimer?: (timer: unknown) => void
  readonly backoff?: Backoff
}

export class BusClient {
  private readonly options: BusClientOptions
  private readonly backoff: Backoff
  private socket: Socket | null = null
  private timer: unknown = null
  /** The last event seen, or where the log stood at the first hello. */
  private sequence: number | null = null
  private stopped = false

  constructor(options: BusClientOptions) {
    this.options = options
    this.backoff = options.backoff ?? new Backoff({ first_ms: 300, max_ms: 10_000 })
  }

  start(): void {
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    this.cancelTimer()
    this.socket?.close()
    this.socket = null
  }

  /** Tries now instead of at the end of the wait: the network or the page came back. */
  retryNow(): void {
    if (this.timer === null || this.stopped) return
    this.cancelTimer()
    this.connect()
  }

  private connect(): void {
    this.options.onConnection(this.sequence === null ? 'connecting' : 'lost')
    const socket = this.options.open()
    this.socket = socket
    socket.addEventListener('message', (event) => {
      if (socket !== this.socket || typeof event.data !== 'string') return
      const message = parseBusMessage(event.data)
      if (message) this.receive(socket, message)
    })
    socket.addEventListener('close', () => {
      if (socket !== this.socket) return
      this.socket = null
      if (this.stopped) return
      this.options.onConnection('lost')
      this.timer = this.setTimer(() => {
        this.timer = null
        this.connect()
      }, this.backoff.next())
    })
  }

  private receive(socket: Socket, message: BusMessage): void {
    switch (message.kind) {
      case 'hello':
        // A log that is shorter than what was seen is another log: start with it.
        if (this.sequence === null || message.sequence < this.sequence) this.sequence = message.sequence
        socket.send(JSON.stringify({ kind: 'subscribe', types: ['*'], after: this.sequence }))
        this.backoff.reset()
        this.options.onConnection('live')
        this.options.onLive()
        return
      case 'event':
        if (this.isNew(message.event)) this.options.onEvent(message.event)
        return
      case 'app':
        this.options.onApp(message)
        return
      case 'layout':
        this.options.onLayout(message.layout)
        return
      case 'dropped':
        // Too slow for the flow of events: come back for the rest.
        socket.close()
    }
  }

  private isNew(event: BusEvent): boolean {
    const sequence = Number(event.sequence)
    if (!Number.isSafeInteger(sequence)) return true
    if (this.sequence !== null && sequence <= this.sequence) return false
    this.sequence = sequence
    return true
  }

  private setTimer(run: () => void, delay_ms: number): unknown {
    return this.options.setTimer ? this.options.setTimer(run, delay_ms) : setTimeout(run, delay_ms)
  }

  private cancelTimer(): void {
    if (this.timer === null) return
    if (this.options.clearTimer) this.options.clearTimer(this.timer)
    else clearTimeout(this.timer as ReturnType<typeof setTimeout>)
    this.timer = null
  }
}
