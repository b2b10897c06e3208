// Narrow screens: the apps one below the other instead of a plane, which no thumb can steer.
import { useEffect } from 'react'
import { preferredSize } from '../core/session.ts'
import { AppWindow } from './app-window.tsx'
import { useSession, useStore } from './session-context.ts'
import { useWorkspace } from './workspace.ts'

export function Stack() {
  const session = useSession()
  const apps = useStore(session.apps)
  const { shown } = useWorkspace()

  useEffect(() => {
    const show = (app: string): void => {
      document.querySelector(`[data-app="${app}"]`)?.closest('li')?.scrollIntoView({ block: 'start' })
    }
    if (shown) show(shown.app)
    return session.placed.subscribe((app) => void setTimeout(() => show(app), 60))
  }, [shown, session])

  return (
    <ul aria-label="Apps" className="absolute inset-0 m-0 flex list-none flex-col gap-4 overflow-y-auto overscroll-contain p-3 pt-18 pb-44">
      {apps.map((app) => (
        <li key={app.name} className="shrink-0 scroll-mt-18" style={{ height: `min(${preferredSize(app).height}px, 74dvh)` }}>
          <AppWindow app={app} />
        </li>
      ))}
    </ul>
  )
}
