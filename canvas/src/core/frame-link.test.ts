// Both ends of the protocol, joined by a real MessageChannel.
import { afterEach, expect, test, vi } from 'vitest'
import { connectToCanvas, type CanvasPort } from '../frame/canvas-port.ts'
import type { ToCanvas, ToFrame } from '../protocol/frame.ts'
import { FrameLink, type HelloEvent } from './frame-link.ts'

const HOST = 'http://127.0.0.1:8787'
const frameWindow = { name: 'the frame' }
const links: FrameLink[] = []
const ports: CanvasPort[] = []

function link(overrides: { now_ms?: () => number } = {}) {
  const messages: ToCanvas[] = []
  const lost: string[] = []
  const made = new FrameLink({
    app: 'todo',
    theme: () => 'dark',
    onMessage: (message) => messages.push(message),
    onLost: (reason) => lost.push(reason),
    ...overrides,
  })
  links.push(made)
  return { link: made, messages, lost }
}

/** What a frame's shell posts, as the canvas' window receives it. */
function hello(app = 'todo', onMessage: (message: ToFrame) => void = () => undefined): { event: HelloEvent; port: CanvasPort; target: string } {
  let event: HelloEvent | undefined
  let target = ''
  const parent = {
    postMessage(data: unknown, targetOrigin: string, transfer: Transferable[]) {
      target = targetOrigin
      event = { origin: 'null', source: frameWindow, data: structuredClone(data), ports: transfer as MessagePort[] }
    },
  }
  const port = connectToCanvas(parent, HOST, { app, revision: 3 }, onMessage)
  ports.push(port)
  if (!event) throw new Error('no hello')
  return { event, port, target }
}

afterEach(() => {
  for (const made of links.splice(0)) made.close()
  for (const port of ports.splice(0)) port.close()
})

test('a frame says hello to the host only, is welcomed, and hears events', async () => {
  const heard: ToFrame[] = []
  const { link: canvas, messages } = link()
  const { event, port, target } = hello('todo', (message) => heard.push(message))
  expect(target).toBe(HOST)
  canvas.hello(event, frameWindow)
  canvas.event({ specversion: '1.0', id: '1', source: '/apps/todo', type: 'todo.created', time: '' })
  canvas.theme('light')
  port.send({ kind: 'ready' })
  await vi.waitFor(() => {
    expect(heard.map((message) => message.kind)).toEqual(['welcome', 'event', 'theme'])
    expect(messages).toEqual([{ kind: 'ready' }])
  })
})

test('a hello from another window, another origin, or without one port is no hello', () => {
  const { link: canvas } = link()
  const onPost = vi.fn()
  const { event } = hello('todo', onPost)
  canvas.hello({ ...event, source: { name: 'another frame' } }, frameWindow)
  canvas.hello({ ...event, origin: HOST }, frameWindow)
  canvas.hello({ ...event, origin: 'https://evil.example' }, frameWindow)
  canvas.hello({ ...event, ports: [] }, frameWindow)
  canvas.hello({ ...event, data: { kind: 'atoll-hello' } }, frameWindow)
  canvas.hello(event, null)
  expect((canvas as unknown as { port: unknown }).port).toBeNull()
})

test("another app's page in the frame gets no port, and the frame is given up", () => {
  const { link: canvas, lost } = link()
  canvas.hello(hello('bank').event, frameWindow)
  expect(lost).toEqual(['left'])
  canvas.hello(hello('todo').event, frameWindow)
  expect(lost).toEqual(['left'])
})

test('a second port is not taken', async () => {
  const heard: ToFrame[] = []
  const { link: canvas } = link()
  canvas.hello(hello().event, frameWindow)
  canvas.hello(hello('todo', (message) => heard.push(message)).event, frameWindow)
  canvas.theme('dark')
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(heard).toEqual([])
})

test('a frame that loads something else is cut off', async () => {
  const heard: ToFrame[] = []
  const { link: canvas, lost, messages } = link()
  const { event, port } = hello('todo', (message) => heard.push(message))
  canvas.loaded()
  canvas.hello(event, frameWindow)
  canvas.loaded()
  expect(lost).toEqual(['left'])
  canvas.theme('dark')
  port.send({ kind: 'ready' })
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(heard.filter((message) => message.kind === 'theme')).toEqual([])
  expect(messages).toEqual([])
})

test('a flood of messages closes the port', async () => {
  const { link: canvas, lost, messages } = link({ now_ms: () => 70_000 })
  const { event, port } = hello()
  canvas.hello(event, frameWindow)
  for (let i = 0; i < 500; i += 1) port.send({ kind: 'error', phase: 'run', message: 'again' })
  await vi.waitFor(() => expect(lost).toEqual(['flood']))
  expect(messages.length).toBeLessThanOrEqual(120)
})

test('forged and oversized messages do no harm', async () => {
  const { link: canvas, messages } = link()
  const { event, port } = hello()
  canvas.hello(event, frameWindow)
  const forged = [null, 7, 'ready', [], {}, { kind: 'welcome' }, { kind: 'error', phase: 'kernel', message: 'x' }, { kind: 'error', phase: 'run' }, JSON.parse('{"__proto__":{"kind":"ready"}}')]
  for (const message of forged) port.send(message as ToCanvas)
  port.send({ kind: 'error', phase: 'run', message: 'm'.repeat(100_000), stack: 's'.repeat(100_000) })
  await vi.waitFor(() => expect(messages).toHaveLength(1))
  const [message] = messages
  expect(message?.kind === 'error' && message.message.length).toBe(2_000)
  expect(message?.kind === 'error' && message.stack?.length).toBe(8_000)
})
