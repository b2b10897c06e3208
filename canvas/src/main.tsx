// Starts the canvas: a session with the host this page came from, and React above it.
import { createRoot } from 'react-dom/client'
import type { Socket } from './core/bus-client.ts'
import { Session } from './core/session.ts'
import { forgivingStorage } from './core/storage.ts'
import './styles.css'
import { App } from './ui/app.tsx'

const openSocket = (): Socket => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/bus`)

const session = new Session({ fetch: (input, init) => fetch(input, init), openSocket, storage: forgivingStorage(() => sessionStorage) })
window.addEventListener('online', () => session.wake())
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && session.wake())
window.addEventListener('pagehide', () => session.layout.flush())
void session.start()

const root = document.querySelector('#root')
if (root) createRoot(root).render(<App session={session} />)
