// What the host's API answers with, as the canvas uses it.
import type { BusEvent } from '../protocol/frame.ts'

export type { BusEvent, Theme } from '../protocol/frame.ts'

export interface AppInfo {
  readonly name: string
  readonly title: string
  readonly description: string | null
  readonly revision: number
  readonly created_at: string
  readonly updated_at: string
  readonly backend: boolean
  readonly frontend: { readonly width: number; readonly height: number } | null
  readonly publishes: readonly string[]
  readonly subscribes: readonly string[]
  readonly grants: Grants
  readonly limits: AppLimits | null
}

export interface Grants {
  readonly kv: boolean
  readonly sql: boolean
  readonly http: readonly string[]
  readonly secrets: readonly SecretGrant[]
}

export interface SecretGrant {
  readonly name: string
  /** The app holds a placeholder only, which the host fills in. */
  readonly placeholder: boolean
  /** Towards these origins; none means every origin that the app may call. */
  readonly origins: readonly string[]
}

export interface AppLimits {
  readonly memory_mib: number
  readonly cpu_ms: number
  readonly wall_ms: number
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogLine {
  readonly time: string
  readonly level: LogLevel
  readonly message: string
  readonly call: string
  readonly revision: number
}

export interface Diagnostic {
  readonly rule: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly message: string
  readonly hint?: string
  readonly location?: { readonly file: string; readonly line: number; readonly column: number }
  readonly frame?: string
}

/** What the WebSocket says. */
export type BusMessage =
  | { readonly kind: 'hello'; readonly sequence: number }
  | { readonly kind: 'event'; readonly event: BusEvent }
  | { readonly kind: 'app'; readonly change: 'deployed' | 'deleted'; readonly app: string; readonly revision?: number }
  | { readonly kind: 'layout'; readonly layout: unknown }
  | { readonly kind: 'dropped'; readonly reason: string }

/** What an app may be called; the same rule as `AppName` in host/model. */
export const isAppName = (name: string): boolean => /^[a-z][a-z0-9-]{0,62}$/.test(name)

const APPS = '/apps/'

/** `/apps/todo` → `todo`. */
export function appOfSource(source: string): string | null {
  const name = source.startsWith(APPS) ? source.slice(APPS.length) : ''
  return isAppName(name) ? name : null
}
