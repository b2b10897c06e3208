// The page: the plane (or, on a narrow screen, the stack of apps) with everything that floats above it.
import { useMemo, useState } from 'react'
import type { Session } from '../core/session.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import { EmptyState } from './empty-state.tsx'
import { GenerationCard } from './generation-card.tsx'
import { Notices } from './notices.tsx'
import { Plane } from './plane.tsx'
import { PromptBar } from './prompt-bar.tsx'
import { SessionProvider, useMedia, useSession, useStore } from './session-context.ts'
import { SidePanel } from './side-panel.tsx'
import { Stack } from './stack.tsx'
import { TopBar } from './top-bar.tsx'
import { WorkspaceProvider, type Panel, type Workspace } from './workspace.ts'

export function App({ session }: { session: Session }) {
  return (
    <SessionProvider value={session}>
      <Page />
    </SessionProvider>
  )
}

function Page() {
  const session = useSession()
  const apps = useStore(session.apps)
  const loaded = useStore(session.loaded)
  const generation = useStore(session.generations.shown)
  const isNarrow = useMedia('(max-width: 640px)')
  const [prompt, setPrompt] = useState('')
  const [panel, openPanel] = useState<Panel | null>(null)
  const [deleting, setDeleting] = useState<string | null>(null)
  const [shown, setShown] = useState<Workspace['shown']>(null)
  const workspace = useMemo<Workspace>(
    () => ({ panel, openPanel, askToDelete: setDeleting, showApp: (app) => setShown({ app }), shown }),
    [panel, shown],
  )
  const toDelete = apps.find((app) => app.name === deleting)
  const pick = (text: string): void => {
    setPrompt(text)
    focusPrompt()
  }

  return (
    <WorkspaceProvider value={workspace}>
      <a
        href="#prompt"
        className="skip-link"
        onClick={(event) => {
          event.preventDefault()
          focusPrompt()
        }}
      >
        Describe an app
      </a>
      <main className="fixed inset-0 overflow-hidden">
        {loaded === 'ready' && (isNarrow ? <Stack /> : <Plane />)}
        {loaded === 'ready' && apps.length === 0 && !generation && <EmptyState onPick={pick} />}
        {loaded === 'failed' && <HostAway />}
        <TopBar />
        <Notices />
        {panel && <SidePanel panel={panel} />}
        <div className="dock">
          {generation && (
            <div className="generation-card">
              <GenerationCard key={generation.prompt} generation={generation} onEdit={pick} />
            </div>
          )}
          <div id="prompt" className="prompt-dock">
            <PromptBar text={prompt} onText={setPrompt} />
          </div>
        </div>
        {toDelete && <DeleteDialog key={toDelete.name} app={toDelete} onClose={() => setDeleting(null)} />}
      </main>
    </WorkspaceProvider>
  )
}

const focusPrompt = (): void => document.querySelector<HTMLElement>('#prompt textarea')?.focus()

function HostAway() {
  const session = useSession()
  return (
    <div role="alert" className="absolute inset-0 grid place-content-center justify-items-center gap-3 p-6 text-center">
      <h2 className="text-lg font-semibold">Atoll’s host does not answer</h2>
      <p className="max-w-sm text-sm text-muted">Start it with “atoll serve”. This page connects by itself once it is there.</p>
      <button type="button" className="button" onClick={() => void session.refresh()}>
        Try now
      </button>
    </div>
  )
}
