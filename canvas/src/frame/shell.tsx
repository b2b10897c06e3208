// The shell of an app's frame: the first code that runs there. It wraps `fetch`, says hello to the canvas (or
// follows events itself when there is none), loads the app's entry module and renders its default export.
//
// It is no security boundary: the app's code runs in the same document and may undo anything here. What
// contains an app is the frame's opaque origin, its policy, and the checks of the canvas and the server.
import { dispatch, setOwnSource } from '@atoll/sdk/channel.ts'
import { createElement, useEffect, type ComponentType, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import type { ToCanvas, ToFrame } from '../protocol/frame.ts'
import { connectToCanvas } from './canvas-port.ts'
import { describe } from './describe.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { followEvents } from './follow-events.ts'
import { ownFetch } from './own-fetch.ts'
import { Problem } from './problem.tsx'
import { makeReport, reportUncaught } from './report.ts'
import { parseSettings, type FrameSettings } from './settings.ts'
import { applyTheme, followSystemTheme } from './theme.ts'

/** A parent that has not answered by then may be no canvas; events then come from the host itself. */
const WELCOME_WITHIN_MS = 3_000

interface Link {
  readonly send: (message: ToCanvas) => void
  /** Whether there is no canvas around this page. */
  readonly alone: () => boolean
}

function connect(settings: FrameSettings, host: string): Link {
  const stopSystemTheme = followSystemTheme()
  const followed = new AbortController()
  const follow = (): void => {
    void followEvents({ url: settings.events, fetch: window.fetch, onEvent: dispatch, signal: followed.signal })
  }
  if (window.parent === window) {
    follow()
    return { send: () => undefined, alone: () => true }
  }
  let welcomed = false
  const port = connectToCanvas(window.parent, host, settings, (message: ToFrame) => {
    if (message.kind === 'event') return dispatch(message.event)
    welcomed = true
    followed.abort()
    stopSystemTheme()
    applyTheme(message.theme)
  })
  setTimeout(() => welcomed || follow(), WELCOME_WITHIN_MS)
  return { send: port.send, alone: () => !welcomed }
}

/** Tells the canvas when the app's first picture stands. */
function Ready(props: { children: ReactNode; onReady: () => void }): ReactNode {
  const { children, onReady } = props
  useEffect(onReady, [onReady])
  return children
}

async function start(): Promise<void> {
  const container = document.querySelector('#root') ?? document.body.appendChild(document.createElement('div'))
  const root = createRoot(container, { onCaughtError: () => undefined })
  let settings: FrameSettings
  try {
    settings = parseSettings(document.querySelector('#atoll-frame')?.textContent ?? '{}')
  } catch (error) {
    root.render(<Problem title="This page could not start" message={describe(error)} />)
    return
  }
  // The document's own address, not `location`: it is also right in a frame made from a text.
  const base = document.baseURI
  const reload = (): void => (link.alone() ? location.reload() : link.send({ kind: 'reload' }))
  window.fetch = ownFetch(window.fetch.bind(window), settings, base, reload)
  setOwnSource(`/apps/${settings.app}`)
  const link = connect(settings, new URL(base).origin)
  const { send } = link
  const report = makeReport(send)
  reportUncaught(report)
  document.title = settings.title

  try {
    const module = (await import(/* @vite-ignore */ settings.entry)) as { default?: unknown }
    if (typeof module.default !== 'function') throw new Error('The entry module has no component as its default export.')
    const app = createElement(module.default as ComponentType)
    root.render(
      <ErrorBoundary onError={(error) => report('render', error)}>
        <Ready onReady={() => send({ kind: 'ready' })}>{app}</Ready>
      </ErrorBoundary>,
    )
  } catch (error) {
    report('load', error)
    root.render(<Problem title="This app could not be loaded" message={describe(error)} onRetry={reload} />)
  }
}

void start()
