// What is open beside the plane. Held by ui/app.tsx, used by whatever has a button for it.
import { createContext, use } from 'react'

export type AppTab = 'logs' | 'events' | 'about'
export type Panel = { readonly kind: 'app'; readonly app: string; readonly tab: AppTab } | { readonly kind: 'activity' }

export interface Workspace {
  readonly panel: Panel | null
  readonly openPanel: (panel: Panel | null) => void
  readonly askToDelete: (app: string) => void
  /** Brings an app into view. */
  readonly showApp: (app: string) => void
  /** The app to bring into view; a new object for each wish. */
  readonly shown: { readonly app: string } | null
}

const WorkspaceContext = createContext<Workspace | null>(null)
export const WorkspaceProvider = WorkspaceContext.Provider

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext)
  if (!workspace) throw new Error('no workspace above this component')
  return workspace
}
