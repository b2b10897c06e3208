// The name, the state of the connection, and what concerns the whole canvas.
import { Activity, Monitor, Moon, Sun } from 'lucide-react'
import type { Connection } from '../core/bus-client.ts'
import icon from '../icon.svg'
import { IconButton } from './icon-button.tsx'
import { useSession, useStore } from './session-context.ts'
import { nextThemeChoice, themeChoice } from './theme.ts'
import { useWorkspace } from './workspace.ts'

const STATES: Readonly<Record<Connection, { readonly text: string; readonly dot: string }>> = {
  live: { text: 'Live', dot: 'bg-ok' },
  connecting: { text: 'Connecting…', dot: 'bg-faint' },
  lost: { text: 'Reconnecting…', dot: 'bg-warn animate-pulse' },
}
const THEMES = { system: { icon: Monitor, name: 'as the system' }, light: { icon: Sun, name: 'light' }, dark: { icon: Moon, name: 'dark' } } as const

export function TopBar() {
  const session = useSession()
  const count = useStore(session.apps).length
  const connection = STATES[useStore(session.connection)]
  const choice = useStore(themeChoice)
  const { panel, openPanel } = useWorkspace()
  const isActivity = panel?.kind === 'activity'
  return (
    <header className="pointer-events-none absolute inset-x-0 top-0 z-20 flex items-start justify-between gap-3 p-3 sm:p-4">
      <div className="bar pointer-events-auto flex h-11 items-center gap-2.5 pr-4 pl-2">
        <img src={icon} alt="" width={28} height={28} />
        <h1 className="text-[15px] font-semibold tracking-[-0.02em]">Atoll</h1>
        {count > 0 && (
          <span className="text-xs text-muted tabular-nums">
            {count} {count === 1 ? 'app' : 'apps'}
          </span>
        )}
      </div>
      <div className="bar pointer-events-auto flex h-11 items-center gap-0.5 pr-1.5 pl-3.5">
        <p role="status" className="mr-2 flex items-center gap-2 text-xs text-muted">
          <span aria-hidden className={`size-2 rounded-full ${connection.dot}`} />
          {connection.text}
        </p>
        <IconButton icon={Activity} label="Activity on the bus" aria-pressed={isActivity} onClick={() => openPanel(isActivity ? null : { kind: 'activity' })} />
        <IconButton icon={THEMES[choice].icon} label={`Theme: ${THEMES[choice].name}`} onClick={nextThemeChoice} />
      </div>
    </header>
  )
}
