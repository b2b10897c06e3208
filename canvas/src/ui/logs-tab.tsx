// An app's log, live: what its backend printed, and what went wrong in its page.
import { useEffect, useMemo, useRef, useState } from 'react'
import { followLogs, type LogFeed } from '../core/log-feed.ts'
import { Store } from '../core/store.ts'
import type { AppInfo, LogLine } from '../core/types.ts'
import { clockTime } from '../core/words.ts'
import { useSession, useStore } from './session-context.ts'

const NOTHING = new Store<LogFeed>({ state: 'loading', lines: [], error: null })
const COLORS = { debug: 'text-faint', info: 'text-muted', warn: 'text-warn', error: 'text-danger' } as const

export function LogsTab({ app }: { app: AppInfo }) {
  const session = useSession()
  const [store, setStore] = useState(NOTHING)
  useEffect(() => {
    const controller = new AbortController()
    setStore(followLogs(session.api, app.name, controller.signal))
    return () => controller.abort()
  }, [app.name, session])
  const feed = useStore(store)
  const pageErrors = useStore(session.pageErrors).get(app.name)
  const lines = useMemo(
    () => (pageErrors ? [...feed.lines, ...pageErrors].toSorted((a, b) => Number(a.time > b.time) - Number(a.time < b.time)) : feed.lines),
    [feed.lines, pageErrors],
  )
  return (
    <>
      {feed.state === 'failed' && (
        <p role="alert" className="p-4 text-sm text-danger">
          {feed.error}
        </p>
      )}
      {lines.length > 0 && <Lines lines={lines} />}
      {lines.length === 0 && feed.state !== 'failed' && <Empty isLoading={feed.state === 'loading'} />}
    </>
  )
}

function Empty({ isLoading }: { isLoading: boolean }) {
  if (isLoading) return <p className="p-4 text-sm text-muted">Loading…</p>
  return (
    <p className="p-4 text-sm text-muted">
      Nothing logged yet. What the backend prints with <code className="code">console.log</code> shows up here as it happens.
    </p>
  )
}

function Lines({ lines }: { lines: readonly LogLine[] }) {
  const list = useRef<HTMLOListElement>(null)
  const atEnd = useRef(true)
  useEffect(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight
  }, [lines])
  const onScroll = (): void => {
    const { scrollTop = 0, clientHeight = 0, scrollHeight = 0 } = list.current ?? {}
    atEnd.current = scrollTop + clientHeight > scrollHeight - 24
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reachable by keyboard
    <ol ref={list} role="log" aria-label="Log" tabIndex={0} onScroll={onScroll} className="m-0 min-h-0 flex-1 list-none overflow-y-auto p-2 font-mono text-[11.5px] leading-relaxed">
      {lines.map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- lines have no identity of their own
        <li key={index} className="flex gap-2 rounded-md px-2 py-0.5 hover:bg-hover">
          <time className="shrink-0 text-faint tabular-nums" dateTime={line.time}>
            {clockTime(line.time)}
          </time>
          <span className={`w-9 shrink-0 ${COLORS[line.level]}`}>{line.call === 'page' ? 'page' : line.level}</span>
          <span className={`min-w-0 flex-1 break-words whitespace-pre-wrap ${line.level === 'error' ? 'text-danger' : ''}`}>{line.message}</span>
        </li>
      ))}
    </ol>
  )
}
