// From the API's JSON to the types of this folder. A field that a newer or older host leaves out becomes its
// empty value, so that the page goes on working beside it.
import { parseBusEvent } from '../protocol/frame.ts'
import {
  isAppName,
  type AppInfo,
  type BusMessage,
  type Diagnostic,
  type LogLevel,
  type LogLine,
  type SecretGrant,
} from './types.ts'

export type Fields = Record<string, unknown>

/** The value that a text of JSON stands for; `null` for a text that is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise)
export const numberOf = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise
const textsOf = (value: unknown): readonly string[] => listOf(value).filter((item) => typeof item === 'string')

/** Event types are listed as text, or as tables with a `type`. */
const typesOf = (value: unknown): readonly string[] =>
  listOf(value)
    .map((item) => (typeof item === 'string' ? item : textOf(fieldsOf(item).type)))
    .filter((type) => type !== '')

/** A secret is listed as its name, or as a table when the app holds a placeholder of it. */
const secretsOf = (value: unknown): readonly SecretGrant[] =>
  listOf(value)
    .map((item) => {
      const fields = typeof item === 'string' ? { name: item } : fieldsOf(item)
      return { name: textOf(fields.name), placeholder: fields.placeholder === true, origins: textsOf(fields.origins) }
    })
    .filter((secret) => secret.name !== '')

export function parseApp(value: unknown): AppInfo | null {
  const fields = fieldsOf(value)
  const name = textOf(fields.name)
  if (!isAppName(name)) return null
  const frontend = fields.frontend ? fieldsOf(fields.frontend) : null
  const grants = fieldsOf(fields.grants)
  const limits = fields.limits ? fieldsOf(fields.limits) : null
  return {
    name,
    title: textOf(fields.title, name) || name,
    description: textOf(fields.description) || null,
    revision: numberOf(fields.revision),
    created_at: textOf(fields.created_at),
    updated_at: textOf(fields.updated_at),
    backend: fields.backend === true,
    frontend: frontend && { width: numberOf(frontend.width, 380), height: numberOf(frontend.height, 520) },
    publishes: typesOf(fields.publishes),
    subscribes: typesOf(fields.subscribes),
    grants: { kv: grants.kv === true, sql: grants.sql === true, http: textsOf(grants.http), secrets: secretsOf(grants.secrets) },
    limits: limits && { memory_mib: numberOf(limits.memory_mib), cpu_ms: numberOf(limits.cpu_ms), wall_ms: numberOf(limits.wall_ms) },
  }
}

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[]

export function parseLogLine(value: unknown): LogLine | null {
  const fields = fieldsOf(value)
  if (typeof fields.message !== 'string') return null
  const level = textOf(fields.level)
  return {
    time: textOf(fields.time),
    level: LEVELS.includes(level) ? (level as LogLevel) : 'info',
    message: fields.message,
    call: textOf(fields.call),
    revision: numberOf(fields.revision),
  }
}

export function parseDiagnostic(value: unknown): Diagnostic | null {
  const fields = fieldsOf(value)
  if (typeof fields.message !== 'string') return null
  const severity = textOf(fields.severity)
  const place = fieldsOf(fields.location)
  return {
    rule: textOf(fields.rule),
    severity: severity === 'warning' || severity === 'info' ? severity : 'error',
    message: fields.message,
    ...(typeof fields.hint === 'string' && { hint: fields.hint }),
    ...(typeof place.file === 'string' && {
      location: { file: place.file, line: numberOf(place.line), column: numberOf(place.column) },
    }),
    ...(typeof fields.frame === 'string' && { frame: fields.frame }),
  }
}

export function parseBusMessage(text: string): BusMessage | null {
  const fields = fieldsOf(jsonOf(text))
  switch (fields.kind) {
    case 'hello':
      return { kind: 'hello', sequence: numberOf(fields.sequence) }
    case 'event': {
      const event = parseBusEvent(fields.event)
      return event && { kind: 'event', event }
    }
    case 'app': {
      const { change } = fields
      if (change !== 'deployed' && change !== 'deleted') return null
      return { kind: 'app', change, app: textOf(fields.app), revision: numberOf(fields.revision) }
    }
    case 'layout':
      return { kind: 'layout', layout: fields.layout }
    case 'dropped':
      return { kind: 'dropped', reason: textOf(fields.reason) }
    default:
      return null
  }
}

/** Drops what did not parse. */
export const present = <Item>(items: readonly (Item | null)[]): Item[] => items.filter((item) => item !== null)
