// A server-sent event stream over `fetch`, resumed after the last message until it has come to its end.
import { problemOf } from './api.ts'
import { Backoff } from './backoff.ts'
import { SseParser, type SseMessage } from './sse.ts'

export interface StreamOptions {
  readonly url: string
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
  /** Answers whether the stream has come to its end. */
  readonly onMessage: (message: SseMessage) => boolean
  /** Each time a connection stands. */
  readonly onOpen?: () => void
  readonly backoff?: Backoff
  readonly wait?: (delay_ms: number) => Promise<void>
}

const sleep = (delay_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay_ms))

/**
 * Reads until `onMessage` says that it was the last one, or until the signal. A connection that breaks is made
 * again with `Last-Event-ID`. Throws `ApiProblem` when the host refuses (a 4xx other than 429).
 */
export async function readEventStream(options: StreamOptions): Promise<void> {
  const { signal, wait = sleep } = options
  const backoff = options.backoff ?? new Backoff({ first_ms: 300, max_ms: 10_000 })
  const progress = { lastId: '', ended: false }
  const onMessage = (message: SseMessage): void => {
    if (progress.ended) return
    // A message that fails is not asked for again: the id counts first.
    progress.lastId = message.id
    backoff.reset()
    progress.ended = options.onMessage(message)
  }
  while (!signal.aborted && !progress.ended) {
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (progress.lastId !== '') headers['last-event-id'] = progress.lastId
    const response = await options.fetch(options.url, { headers, signal }).catch(() => null)
    if (response && response.status >= 400 && response.status < 500 && response.status !== 429) {
      throw problemOf(response.status, await response.text().catch(() => ''))
    }
    if (response?.ok && response.body) {
      options.onOpen?.()
      await readBody(response.body, onMessage, () => progress.ended).catch(() => undefined)
    } else {
      await response?.body?.cancel().catch(() => undefined)
    }
    if (!progress.ended && !signal.aborted) await wait(backoff.next())
  }
}

/** Reads until the body ends or `isOver`; in either case the connection is given back. */
async function readBody(body: ReadableStream<Uint8Array>, onMessage: (message: SseMessage) => void, isOver: () => boolean): Promise<void> {
  const parser = new SseParser(onMessage)
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    while (!isOver()) {
      const { done, value } = await reader.read()
      if (done) return
      parser.push(decoder.decode(value, { stream: true }))
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}
