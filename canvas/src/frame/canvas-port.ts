// The frame's end of protocol/frame.ts: makes a channel, sends one end to the canvas, and speaks on the other.
import { FRAME_PROTOCOL, parseToFrame, type FrameHello, type ToCanvas, type ToFrame } from '../protocol/frame.ts'

export interface CanvasPort {
  readonly send: (message: ToCanvas) => void
  readonly close: () => void
}

/** The one method of `window.parent` that a frame needs. */
export interface HelloTarget {
  postMessage(message: unknown, targetOrigin: string, transfer: Transferable[]): void
}

/**
 * Says hello to the canvas. `host` is the host's origin: with another parent the browser drops the message,
 * and `onMessage` is never called.
 */
export function connectToCanvas(
  parent: HelloTarget,
  host: string,
  who: { readonly app: string; readonly revision: number },
  onMessage: (message: ToFrame) => void,
): CanvasPort {
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener('message', (event) => {
    const message = parseToFrame(event.data)
    if (message) onMessage(message)
  })
  port1.start()
  const hello: FrameHello = { kind: 'atoll-hello', protocol: FRAME_PROTOCOL, app: who.app, revision: who.revision }
  parent.postMessage(hello, host, [port2])
  return {
    send: (message) => port1.postMessage(message),
    close: () => port1.close(),
  }
}
