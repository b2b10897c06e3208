// What an app may do, in words for a person.
import type { AppInfo, SecretGrant } from './types.ts'

export interface Sentence {
  readonly text: string
  /** Whether it gives the app something, as opposed to saying that it has not got it. */
  readonly granted: boolean
}

export function grantsInWords(app: AppInfo): Sentence[] {
  const { kv, sql, http, secrets } = app.grants
  const yes = (text: string): Sentence => ({ text, granted: true })
  const no = (text: string): Sentence => ({ text, granted: false })
  const data = [
    ...(sql ? [yes('Keeps tables in a database of its own. No other app can read it.')] : []),
    ...(kv ? [yes('Keeps small values in a store of its own. No other app can read it.')] : []),
  ]
  return [
    ...(data.length > 0 ? data : [no('Keeps no data.')]),
    ...(app.publishes.length > 0 ? [yes('Tells other apps when something happens in it.')] : []),
    ...(app.subscribes.length > 0 ? [yes('Hears what happens in other apps.')] : []),
    ...(http.length > 0 ? http.map((origin) => yes(`May call ${origin}.`)) : [no('Reaches nothing on the internet.')]),
    ...secrets.map((secret) => yes(secretInWords(secret))),
  ]
}

function secretInWords({ name, placeholder, origins }: SecretGrant): string {
  if (!placeholder) return `May read the secret ${name}.`
  const where = origins.length > 0 ? origins.join(' and ') : 'the origins that it may call'
  return `May send the secret ${name} to ${where}, without reading it.`
}

export function limitsInWords(app: AppInfo): string[] {
  const { limits } = app
  if (!limits) return []
  return [
    `Up to ${limits.memory_mib} MiB of memory for each request.`,
    `Up to ${duration(limits.cpu_ms)} of computing for each request; waiting is free.`,
    `Stopped when it has not answered after ${duration(limits.wall_ms)}.`,
  ]
}

/** `7 ms`, `1.4 s`, `2 min`. */
export function duration(time_ms: number): string {
  if (time_ms < 1_000) return `${time_ms < 10 && time_ms > 0 && time_ms % 1 !== 0 ? time_ms.toFixed(1) : Math.round(time_ms)} ms`
  if (time_ms < 60_000) return `${(time_ms / 1_000).toFixed(time_ms < 10_000 && time_ms % 1_000 !== 0 ? 1 : 0)} s`
  return `${Math.round(time_ms / 60_000)} min`
}

/** `just now`, `3 min ago`, `2 h ago`, or the day. */
export function ago(time: string, now: number): string {
  const then = Date.parse(time)
  if (Number.isNaN(then)) return ''
  const seconds = Math.max(0, (now - then) / 1_000)
  if (seconds < 45) return 'just now'
  if (seconds < 3_600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h ago`
  return new Date(then).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
}

export const clockTime = (time: string): string => {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
}
