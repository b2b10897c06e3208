// Beside the plane: an app's logs, events and facts, or everything that passes on the bus.
import { X } from 'lucide-react'
import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { mayHear } from '../core/flows.ts'
import type { AppInfo } from '../core/types.ts'
import { AboutTab } from './about-tab.tsx'
import { EventList } from './event-list.tsx'
import { Glyph } from './glyph.tsx'
import { IconButton } from './icon-button.tsx'
import { LogsTab } from './logs-tab.tsx'
import { useSession, useStore } from './session-context.ts'
import { useWorkspace, type AppTab, type Panel } from './workspace.ts'

const TABS: readonly { readonly tab: AppTab; readonly name: string }[] = [
  { tab: 'logs', name: 'Logs' },
  { tab: 'events', name: 'Events' },
  { tab: 'about', name: 'About' },
]

export function SidePanel({ panel }: { panel: Panel }) {
  const session = useSession()
  const { openPanel } = useWorkspace()
  const apps = useStore(session.apps)
  const app = panel.kind === 'app' ? apps.find((candidate) => candidate.name === panel.app) : undefined
  const isGone = panel.kind === 'app' && !app
  useEffect(() => {
    if (isGone) openPanel(null)
  }, [isGone, openPanel])
  if (isGone) return null
  return (
    <Frame shows={app?.name ?? 'activity'} name={app?.title ?? 'Activity'} heading={app ? <AppHeading app={app} /> : <h2 className="flex-1 text-sm font-semibold">Activity</h2>}>
      {app && panel.kind === 'app' ? <AppTabs key={app.name} app={app} tab={panel.tab} apps={apps} /> : <Everything apps={apps} />}
    </Frame>
  )
}

function Everything({ apps }: { apps: readonly AppInfo[] }) {
  const events = useStore(useSession().events)
  return <EventList events={events} apps={apps} empty="Nothing has passed on the bus since this page was opened. Change something in an app and it shows up here." />
}

function AppHeading({ app }: { app: AppInfo }) {
  return (
    <>
      <Glyph name={app.name} title={app.title} size={28} />
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-sm font-semibold">{app.title}</h2>
        <p className="truncate text-xs text-muted">
          {app.name} · revision {app.revision}
        </p>
      </div>
    </>
  )
}

function AppTabs({ app, tab, apps }: { app: AppInfo; tab: AppTab; apps: readonly AppInfo[] }) {
  const events = useStore(useSession().events)
  const id = useId()
  return (
    <>
      <Tabs app={app.name} tab={tab} id={id} />
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`} className="flex min-h-0 flex-1 flex-col">
        {tab === 'logs' && <LogsTab app={app} />}
        {tab === 'events' && (
          <EventList events={events.filter((event) => mayHear(app, event))} apps={apps} empty="No event of this app, or for it, since this page was opened." />
        )}
        {tab === 'about' && <AboutTab app={app} />}
      </div>
    </>
  )
}

function Tabs({ app, tab, id }: { app: string; tab: AppTab; id: string }) {
  const { openPanel } = useWorkspace()
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!step) return
    const index = (TABS.findIndex((item) => item.tab === tab) + step + TABS.length) % TABS.length
    const next = TABS[index]
    if (next) openPanel({ kind: 'app', app, tab: next.tab })
    list.current?.querySelectorAll('button')[index]?.focus()
  }
  return (
    <div ref={list} role="tablist" aria-label="About this app" tabIndex={-1} className="flex gap-1 border-b border-line px-3" onKeyDown={onKeyDown}>
      {TABS.map((item) => (
        <button
          key={item.tab}
          id={`${id}-${item.tab}`}
          type="button"
          role="tab"
          aria-selected={item.tab === tab}
          aria-controls={`${id}-panel`}
          tabIndex={item.tab === tab ? 0 : -1}
          className="tab"
          onClick={() => openPanel({ kind: 'app', app, tab: item.tab })}
        >
          {item.name}
        </button>
      ))}
    </div>
  )
}

/** `shows` is what the panel is about; it may change while the panel is open. */
function Frame(props: { shows: string; name: string; heading: ReactNode; children: ReactNode }) {
  const { openPanel } = useWorkspace()
  const element = useRef<HTMLElement>(null)
  const opener = useRef<Element | null>(null)
  // The focus goes into the panel each time it is opened for something, and back to the last opener at its end.
  useEffect(() => {
    if (!element.current?.contains(document.activeElement)) opener.current = document.activeElement
    element.current?.focus()
  }, [props.shows])
  useEffect(() => () => (opener.current instanceof HTMLElement ? opener.current.focus({ preventScroll: true }) : undefined), [])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it, wherever in it the focus is
    <aside
      ref={element}
      tabIndex={-1}
      aria-label={props.name}
      className="side-panel panel pointer-events-auto flex min-h-0 flex-col outline-none"
      onKeyDown={(event) => event.key === 'Escape' && openPanel(null)}
    >
      <header className="flex items-center gap-2.5 py-3 pr-2 pl-4">
        {props.heading}
        <IconButton icon={X} label="Close" onClick={() => openPanel(null)} />
      </header>
      {props.children}
    </aside>
  )
}
