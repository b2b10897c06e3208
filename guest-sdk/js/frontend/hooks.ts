// React hooks over the app's backend and the events that reach its page.
import { useCallback, useEffect, useRef, useState } from 'react'
import { request } from './api.ts'
import { isHandlingForeignEvent, subscribe } from './channel.ts'
import { Turns } from './turns.ts'
import type { AppEvent, Query, QueryOptions } from './types.ts'

const listOf = (patterns: string | readonly string[]): readonly string[] =>
  typeof patterns === 'string' ? [patterns] : patterns

/** Patterns hold no spaces, so a text with spaces between them stands for the list in dependency arrays. */
const keyOf = (patterns: string | readonly string[]): string => listOf(patterns).join(' ')

export function useEvents<Data = unknown>(
  patterns: string | readonly string[],
  handler: (event: AppEvent<Data>) => void,
): void {
  const latest = useRef(handler)
  useEffect(() => {
    latest.current = handler
  })
  const key = keyOf(patterns)
  useEffect(() => {
    if (key === '') return undefined
    return subscribe(key.split(' '), (event) => latest.current(event as AppEvent<Data>))
  }, [key])
}

// The app's own backend handles another app's event at the same time as its page, so an answer that is asked
// for at once may be from just before it. Asking again twice costs little and shows the change without a poll.
const AGAIN_AFTER_MS = [250, 1_000]

export function useQuery<Data = unknown>(path: string | null, options: QueryOptions = {}): Query<Data> {
  const [data, setData] = useState<Data>()
  const [error, setError] = useState<Error>()
  const [answered, setAnswered] = useState(false)
  const [refreshing, setRefreshing] = useState(false)
  const turns = useRef<Turns | null>(null)
  const timers = useRef<ReturnType<typeof setTimeout>[]>([])

  useEffect(() => {
    if (path === null) return undefined
    const controller = new AbortController()
    const { signal } = controller
    const own = new Turns(async () => {
      if (signal.aborted) return
      setRefreshing(true)
      try {
        const answer = await request<Data>('GET', path, undefined, signal)
        if (signal.aborted) return
        setData(answer)
        setError(undefined)
      } catch (failure) {
        if (signal.aborted) return
        setError(failure instanceof Error ? failure : new Error(String(failure)))
      }
      setAnswered(true)
      setRefreshing(false)
    })
    turns.current = own
    void own.ask()
    return () => {
      turns.current = null
      timers.current.forEach(clearTimeout)
      controller.abort()
      setRefreshing(false)
    }
  }, [path])

  const refresh = useCallback((): Promise<void> => {
    timers.current.forEach(clearTimeout)
    timers.current = isHandlingForeignEvent() ? AGAIN_AFTER_MS.map((delay_ms) => setTimeout(() => void turns.current?.ask(), delay_ms)) : []
    return turns.current?.ask() ?? Promise.resolve()
  }, [])

  useEvents(options.refreshOn ?? [], () => void refresh())

  return { data, error, loading: path !== null && !answered, refreshing, refresh }
}
