// Server-sent events, parsed from a stream of text (WHATWG HTML, 9.2.6): the same messages for every split of
// the stream into chunks. EventSource is not used because it can send no headers and hides the status.

export interface SseMessage {
  /** `message` when the stream named none. */
  readonly event: string
  readonly data: string
  /** The last id the stream gave, for `Last-Event-ID`. */
  readonly id: string
}

/** Characters. A stream with a longer message is not one of ours: `push` throws. */
const MESSAGE_LENGTH_MAX = 4 << 20

export class SseParser {
  private readonly onMessage: (message: SseMessage) => void
  private buffer = ''
  private afterCarriageReturn = false
  private event = ''
  private data: string[] = []
  private dataLength = 0
  private id = ''

  constructor(onMessage: (message: SseMessage) => void) {
    this.onMessage = onMessage
  }

  push(chunk: string): void {
    let text = chunk
    // "\r\n" may be split between two chunks: its "\n" is then no second line break.
    if (this.afterCarriageReturn && text.startsWith('\n')) text = text.slice(1)
    this.afterCarriageReturn = text === '' ? this.afterCarriageReturn : text.endsWith('\r')
    this.buffer += text
    const lines = this.buffer.split(/\r\n|\r|\n/)
    this.buffer = lines.pop() ?? ''
    for (const line of lines) this.line(line)
    if (this.buffer.length + this.dataLength > MESSAGE_LENGTH_MAX) throw new Error(`a message of the stream is longer than ${MESSAGE_LENGTH_MAX} characters`)
  }

  private line(line: string): void {
    if (line === '') return this.dispatch()
    if (line.startsWith(':')) return undefined
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.event = value
    else if (field === 'data') {
      this.data.push(value)
      this.dataLength += value.length + 1
    } else if (field === 'id' && !value.includes('\0')) this.id = value
    return undefined
  }

  private dispatch(): void {
    const { event, data } = this
    this.event = ''
    this.data = []
    this.dataLength = 0
    if (data.length > 0) this.onMessage({ event: event || 'message', data: data.join('\n'), id: this.id })
  }
}
