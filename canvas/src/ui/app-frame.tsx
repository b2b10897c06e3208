// An app's page: an iframe with an opaque origin, and the canvas' end of its port.
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { mayHear } from '../core/flows.ts'
import { FrameLink } from '../core/frame-link.ts'
import type { AppInfo } from '../core/types.ts'
import { useSession } from './session-context.ts'
import { theme } from './theme.ts'

// Without allow-same-origin the frame's origin is opaque. Without allow-popups it cannot carry data away in
// the address of a new window; without allow-top-navigation it cannot replace the canvas.
const SANDBOX = 'allow-scripts allow-forms allow-modals allow-downloads'
const ANSWER_WITHIN_MS = 12_000
const RELOADS_PER_MINUTE_MAX = 5

type State = 'loading' | 'ready' | 'silent' | 'left' | 'flood' | 'protocol'

const SAYS: Record<Exclude<State, 'loading' | 'ready'>, string> = {
  silent: 'The page has not answered yet.',
  left: 'The page tried to go somewhere else, so it was closed. Nothing of it is running.',
  flood: 'The page sent far too many messages, so it was closed.',
  protocol: 'The page belongs to another version of Atoll.',
}

const GONE = 'h-full flex-col items-center justify-center p-8 text-center text-pretty'
const SILENT = 'absolute inset-x-0 bottom-0 flex-wrap items-center justify-between border-t border-line bg-surface p-4'

/** `reloads` makes a new frame when it changes, as a new revision does. */
export function AppFrame(props: { app: AppInfo; reloads: number; onReload: () => void }) {
  return <LiveFrame key={`${props.app.revision}.${props.reloads}`} app={props.app} onReload={props.onReload} />
}

function LiveFrame({ app, onReload }: { app: AppInfo; onReload: () => void }) {
  const session = useSession()
  const frame = useRef<HTMLIFrameElement>(null)
  const link = useRef<FrameLink | null>(null)
  const latest = useRef({ app, onReload })
  const [state, setState] = useState<State>('loading')

  useEffect(() => {
    latest.current = { app, onReload }
  })

  // Before the browser paints, so that the listener is there before the frame can speak.
  useLayoutEffect(() => {
    const name = latest.current.app.name
    const current = new FrameLink({
      app: name,
      theme: theme.get,
      onMessage: (message) => {
        if (message.kind === 'reload') {
          if (mayReload(name)) latest.current.onReload()
          return
        }
        if (message.kind === 'error') session.addPageError(latest.current.app, message.message)
        // A page that failed shows why.
        setState('ready')
      },
      onLost: setState,
    })
    link.current = current
    const onHello = (event: MessageEvent): void => current.hello(event, frame.current?.contentWindow ?? null)
    window.addEventListener('message', onHello)
    const timer = setTimeout(() => setState((before) => (before === 'loading' ? 'silent' : before)), ANSWER_WITHIN_MS)
    const stops = [
      session.passed.subscribe((event) => mayHear(latest.current.app, event) && current.event(event)),
      theme.subscribe(() => current.theme(theme.get())),
    ]
    return () => {
      window.removeEventListener('message', onHello)
      clearTimeout(timer)
      for (const stop of stops) stop()
      current.close()
    }
  }, [session])

  const isGone = state === 'left' || state === 'flood' || state === 'protocol'
  return (
    <div className="relative h-full min-h-0 w-full bg-surface">
      {!isGone && (
        <iframe
          ref={frame}
          title={app.title}
          src={`/apps/${app.name}/`}
          sandbox={SANDBOX}
          referrerPolicy="no-referrer"
          allow=""
          onLoad={() => link.current?.loaded()}
          className={`block h-full w-full border-0 transition-opacity duration-300 ${state === 'loading' ? 'opacity-0' : 'opacity-100'}`}
        />
      )}
      {state === 'loading' && <Skeleton />}
      {state !== 'loading' && state !== 'ready' && (
        <div role="alert" className={`flex gap-3 text-sm ${isGone ? GONE : SILENT}`}>
          <p className="text-muted">{SAYS[state]}</p>
          <button type="button" className="button" onClick={onReload}>
            Load it again
          </button>
        </div>
      )}
    </div>
  )
}

function Skeleton() {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 flex flex-col gap-3 p-5">
      {['w-1/2', 'w-full', 'w-full', 'w-3/4'].map((width, index) => (
        <div key={`${width}${String(index)}`} className={`skeleton h-8 rounded-lg ${width}`} />
      ))}
    </div>
  )
}

/** When each app's page asked to be loaded again; a page in a loop of that is left standing. */
const reloadTimes = new Map<string, readonly number[]>()

function mayReload(app: string): boolean {
  const now_ms = performance.now()
  const recent = (reloadTimes.get(app) ?? []).filter((time_ms) => now_ms - time_ms < 60_000)
  if (recent.length >= RELOADS_PER_MINUTE_MAX) return false
  reloadTimes.set(app, [...recent, now_ms])
  return true
}
