// Which apps hear which: from the manifests, an edge from a publisher to each subscriber of its events.
import { anyPatternMatches, patternMatches } from '@atoll/sdk/pattern.ts'
import { appOfSource, type AppInfo, type BusEvent } from './types.ts'

export interface Flow {
  readonly id: string
  readonly from: string
  readonly to: string
  /** The publisher's types that the subscriber hears. */
  readonly types: readonly string[]
}

export function flowsOf(apps: readonly AppInfo[]): Flow[] {
  const flows: Flow[] = []
  for (const from of apps) {
    for (const to of apps) {
      if (from === to) continue
      const types = from.publishes.filter((type) => anyPatternMatches(to.subscribes, type))
      if (types.length > 0) flows.push({ id: `${from.name}→${to.name}`, from: from.name, to: to.name, types })
    }
  }
  return flows
}

/** Whether an event went along a flow. */
export const passes = (flow: Flow, event: BusEvent): boolean =>
  appOfSource(event.source) === flow.from && flow.types.includes(event.type)

/**
 * Whether an app's page may see an event: its own, and those that its manifest subscribes to. The canvas asks
 * this before it hands an event to a frame, whatever the frame says that it wants.
 */
export const mayHear = (app: AppInfo, event: BusEvent): boolean =>
  appOfSource(event.source) === app.name || app.subscribes.some((pattern) => patternMatches(pattern, event.type))

/** The apps whose events an app hears. */
export const publishersFor = (app: AppInfo, apps: readonly AppInfo[]): AppInfo[] =>
  apps.filter((other) => other !== app && other.publishes.some((type) => anyPatternMatches(app.subscribes, type)))
