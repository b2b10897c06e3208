// Prompts to start from: some for an empty canvas, and some that follow from what is on it.
import { flowsOf } from './flows.ts'
import type { AppInfo } from './types.ts'

const STARTERS = [
  'Create a todo list with categories, due dates, and priority levels',
  'Create a calendar that syncs with the todo app events',
  'Track my expenses with amount, category and date',
  'Keep notes with tags and a search',
  'A habit tracker with a daily yes/no and a note',
  'A contact book with name, email, phone and birthday',
] as const

const SHOWN_MAX = 4

const noun = (app: AppInfo): string => app.name.replaceAll('-', ' ')

export function suggestionsFor(apps: readonly AppInfo[]): string[] {
  const heard = new Set(flowsOf(apps).map((flow) => flow.from))
  // What hears others is most likely a calendar itself: another one beside it says nothing new.
  const followers = apps
    .filter((app) => app.publishes.length > 0 && app.subscribes.length === 0 && !heard.has(app.name))
    .map((app) => (noun(app).includes('todo') ? STARTERS[1] : `Create a calendar that syncs with the ${noun(app)} app events`))
  const starters = STARTERS.filter((text) => {
    // The calendar has nothing to sync with on an empty canvas, yet it shows what is possible.
    if (text === STARTERS[1]) return apps.length === 0
    if (text === STARTERS[0]) return !apps.some((app) => app.name.includes('todo'))
    return true
  })
  return [...new Set([...followers, ...starters])].slice(0, SHOWN_MAX)
}
