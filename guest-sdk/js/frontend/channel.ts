// The events that reach this page. The frame's shell puts them in, from its port or from an event stream;
// `useEvents` takes them out. Not part of the public surface: apps use the hooks.
import { anyPatternMatches } from './pattern.ts'
import type { AppEvent } from './types.ts'

type Listener = (event: AppEvent) => void
interface Subscription {
  readonly patterns: readonly string[]
  readonly listener: Listener
}

const subscriptions = new Set<Subscription>()
let ownSource = ''
let handled: AppEvent | null = null

/** Says which app this page belongs to, by the source of its events. */
export function setOwnSource(source: string): void {
  ownSource = source
}

/**
 * Whether a listener is being called for another app's event. The app's own backend is handling that event at
 * the same time, so what it answers now may be from just before it.
 */
export function isHandlingForeignEvent(): boolean {
  return handled !== null && handled.source !== ownSource
}

/** Calls the listener for every matching event, until the returned function is called. */
export function subscribe(patterns: readonly string[], listener: Listener): () => void {
  const subscription = { patterns, listener }
  subscriptions.add(subscription)
  return () => void subscriptions.delete(subscription)
}

/** Hands an event to whoever listens. One failing listener does not keep it from the others. */
export function dispatch(event: AppEvent): void {
  for (const { patterns, listener } of [...subscriptions]) {
    if (!anyPatternMatches(patterns, event.type)) continue
    handled = event
    try {
      listener(event)
    } catch (error) {
      reportError(error)
    } finally {
      handled = null
    }
  }
}
