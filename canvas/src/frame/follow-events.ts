// A page on its own, with no canvas around it, follows its app's events through the host: an SSE stream, read
// with `fetch` because EventSource cannot send the token.
import { readEventStream } from '../core/event-stream.ts'
import { jsonOf } from '../core/parse.ts'
import { parseBusEvent, type BusEvent } from '../protocol/frame.ts'

export interface FollowOptions {
  readonly url: string
  readonly fetch: typeof fetch
  readonly onEvent: (event: BusEvent) => void
  readonly signal: AbortSignal
}

/** Follows until the signal, or until the host says that there is no such stream. */
export async function followEvents(options: FollowOptions): Promise<void> {
  const { url, fetch, signal } = options
  const onMessage = (message: { readonly data: string }): boolean => {
    const event = parseBusEvent(jsonOf(message.data))
    if (event) options.onEvent(event)
    return false
  }
  // A refusal is final and no error of the page: without the stream it still works, only not by itself.
  await readEventStream({ url, fetch, signal, onMessage }).catch(() => undefined)
}
