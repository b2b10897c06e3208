// What the host wrote into the frame's document: `<script type="application/json" id="atoll-frame">`.
import { fieldsOf, textOf } from '../core/parse.ts'

export interface FrameSettings {
  readonly app: string
  readonly revision: number
  readonly title: string
  /** The module whose default export is the page, below the host's origin. */
  readonly entry: string
  /** Where the app's backend answers, e.g. `/apps/todo/api`. */
  readonly api: string
  /** Where the app's events can be followed, e.g. `/apps/todo/events`. */
  readonly events: string
  /** Sent as `x-atoll-frame`: it shows the host which app's page is calling. */
  readonly token: string
}

/** Parses the settings. Throws an `Error` that names the field that is wrong. */
export function parseSettings(json: string): FrameSettings {
  const fields = fieldsOf(JSON.parse(json))
  const text = (name: string): string => {
    const value = fields[name]
    if (typeof value !== 'string' || value === '') throw new Error(`the page's settings have no ${name}`)
    return value
  }
  const { revision } = fields
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision)) throw new Error("the page's settings have no revision")
  const app = text('app')
  return { app, revision, title: textOf(fields.title) || app, entry: text('entry'), api: text('api'), events: text('events'), token: text('token') }
}
