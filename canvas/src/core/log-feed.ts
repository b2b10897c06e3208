// The latest lines of an app's log, and those to come. Bounded: the oldest go.
import type { Api } from './api.ts'
import { readEventStream } from './event-stream.ts'
import { jsonOf, parseLogLine } from './parse.ts'
import { pushBounded, Store } from './store.ts'
import type { LogLine } from './types.ts'

export const LOG_LINES_MAX = 500

export interface LogFeed {
  readonly state: 'loading' | 'live' | 'failed'
  readonly lines: readonly LogLine[]
  readonly error: string | null
}

/** Follows an app's log until the signal. */
export function followLogs(api: Pick<Api, 'fetch'>, app: string, signal: AbortSignal): Store<LogFeed> {
  const store = new Store<LogFeed>({ state: 'loading', lines: [], error: null })
  // Each connection starts with the latest lines, so what was there before goes.
  const onOpen = (): void => store.set({ state: 'live', lines: [], error: null })
  const onMessage = (message: { readonly data: string }): boolean => {
    const line = parseLogLine(jsonOf(message.data))
    if (line) store.update((feed) => ({ ...feed, lines: pushBounded(feed.lines, line, LOG_LINES_MAX) }))
    return false
  }
  readEventStream({ url: `/api/v1/apps/${app}/logs?follow=1`, fetch: api.fetch, signal, onOpen, onMessage }).catch((error: unknown) => {
    if (signal.aborted) return
    store.update((feed) => ({ ...feed, state: 'failed', error: error instanceof Error ? error.message : String(error) }))
  })
  return store
}
