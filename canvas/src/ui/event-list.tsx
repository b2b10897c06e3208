// Events, latest first, each with its data on demand.
import { useState } from 'react'
import { appOfSource, type AppInfo, type BusEvent } from '../core/types.ts'
import { clockTime } from '../core/words.ts'
import { Glyph } from './glyph.tsx'

export function EventList(props: { events: readonly BusEvent[]; apps: readonly AppInfo[]; empty: string }) {
  if (props.events.length === 0) return <p className="p-4 text-sm text-muted">{props.empty}</p>
  const titles = new Map(props.apps.map((app) => [app.name, app.title]))
  return (
    <ol aria-label="Events" className="m-0 flex min-h-0 flex-1 list-none flex-col gap-1 overflow-y-auto p-2">
      {props.events.toReversed().map((event) => {
        const app = appOfSource(event.source)
        return (
          <li key={`${event.source} ${event.id}`}>
            <Item event={event} name={app ?? event.source} title={(app && titles.get(app)) ?? app ?? '?'} />
          </li>
        )
      })}
    </ol>
  )
}

function Item({ event, name, title }: { event: BusEvent; name: string; title: string }) {
  // An event may be long, and there are many: only what is looked at is written out.
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="rounded-lg hover:bg-hover open:bg-sunken" onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
      <summary className="summary px-2 py-1.5">
        <Glyph name={name} title={title} size={22} />
        <span className="min-w-0 flex-1 truncate text-[13px] font-medium">{event.type}</span>
        <time className="text-xs text-muted tabular-nums" dateTime={event.time}>
          {clockTime(event.time)}
        </time>
      </summary>
      {isOpen && <Data data={event.data} />}
    </details>
  )
}

function Data({ data }: { data: unknown }) {
  if (data === undefined) return <p className="px-3 pb-3 text-xs text-muted">It carries no data.</p>
  return <pre className="m-0 max-h-60 overflow-auto px-3 pb-3 font-mono text-[11.5px] leading-relaxed">{JSON.stringify(data, null, 2)}</pre>
}
