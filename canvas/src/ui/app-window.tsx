// An app on the canvas: a title bar with its actions, and its page below.
import { ExternalLink, Info, RotateCw, ScrollText, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { AppInfo } from '../core/types.ts'
import { AppFrame } from './app-frame.tsx'
import { Glyph } from './glyph.tsx'
import { IconButton, iconButtonClass } from './icon-button.tsx'
import { useSession, useStore } from './session-context.ts'
import { useWorkspace } from './workspace.ts'

export function AppWindow(props: { app: AppInfo; selected?: boolean }) {
  const { app } = props
  const [reloads, setReloads] = useState(0)
  const reload = (): void => setReloads((count) => count + 1)
  return (
    <section aria-label={app.title} data-app={app.name} className={`window flex h-full w-full flex-col ${props.selected ? 'window-selected' : ''}`}>
      <TitleBar app={app} onReload={reload} />
      <div className="nodrag nopan nowheel min-h-0 flex-1">
        {app.frontend ? <AppFrame app={app} reloads={reloads} onReload={reload} /> : <NoPage app={app} />}
      </div>
    </section>
  )
}

function TitleBar({ app, onReload }: { app: AppInfo; onReload: () => void }) {
  const { openPanel, askToDelete } = useWorkspace()
  const errors = useStore(useSession().pageErrors).get(app.name)?.length ?? 0
  const logsLabel = errors > 0 ? `Logs of ${app.title}, ${errors} page ${errors === 1 ? 'error' : 'errors'}` : `Logs of ${app.title}`
  return (
    <header className="title-bar flex h-11 shrink-0 items-center gap-2.5 border-b border-line pr-1.5 pl-3 select-none">
      <Glyph name={app.name} title={app.title} />
      <h2 className="min-w-0 flex-1 truncate text-[13.5px] font-semibold tracking-[-0.01em]" title={app.description ?? app.title}>
        {app.title}
      </h2>
      <div className="flex shrink-0 items-center">
        {app.frontend && <IconButton icon={RotateCw} label={`Reload ${app.title}`} onClick={onReload} />}
        {app.frontend && (
          <a className={iconButtonClass} href={`/apps/${app.name}/`} target="_blank" rel="noopener" aria-label={`Open ${app.title} as a page of its own`} title="Open as a page of its own">
            <ExternalLink aria-hidden size={16} strokeWidth={1.9} />
          </a>
        )}
        <span className="relative">
          <IconButton icon={ScrollText} label={logsLabel} onClick={() => openPanel({ kind: 'app', app: app.name, tab: 'logs' })} />
          {errors > 0 && <span aria-hidden className="pointer-events-none absolute top-1 right-1 size-2 rounded-full bg-danger ring-2 ring-surface" />}
        </span>
        <IconButton icon={Info} label={`About ${app.title}`} onClick={() => openPanel({ kind: 'app', app: app.name, tab: 'about' })} />
        <IconButton icon={Trash2} label={`Delete ${app.title}`} tone="danger" onClick={() => askToDelete(app.name)} />
      </div>
    </header>
  )
}

function NoPage({ app }: { app: AppInfo }) {
  return (
    <div className="flex h-full flex-col justify-center gap-2 overflow-auto bg-surface p-5 text-sm">
      <p className="font-medium">No page, only a backend</p>
      {app.description && <p className="text-muted">{app.description}</p>}
      <p className="text-muted">
        It answers at <code className="code">/apps/{app.name}/api/</code>
      </p>
    </div>
  )
}
