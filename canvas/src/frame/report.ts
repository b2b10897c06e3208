// Errors of the page, told to the canvas: bounded, so that a page in a loop of errors does not flood it.
import { MESSAGE_LENGTH_MAX, STACK_LENGTH_MAX, type FramePhase, type ToCanvas } from '../protocol/frame.ts'
import { describe } from './describe.ts'

const REPORTS_PER_MINUTE_MAX = 20

export type Report = (phase: FramePhase, error: unknown) => void

export function makeReport(send: (message: ToCanvas) => void, now_ms: () => number = () => performance.now()): Report {
  let windowStart_ms = now_ms()
  let sent = 0
  return (phase, error) => {
    if (now_ms() - windowStart_ms > 60_000) {
      windowStart_ms = now_ms()
      sent = 0
    }
    sent += 1
    if (sent > REPORTS_PER_MINUTE_MAX) return
    const message = describe(error).slice(0, MESSAGE_LENGTH_MAX)
    const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack.slice(0, STACK_LENGTH_MAX) : undefined
    send(stack === undefined ? { kind: 'error', phase, message } : { kind: 'error', phase, message, stack })
  }
}

/** Reports what no boundary catches: errors in handlers and promises, and what the sandbox refused. */
export function reportUncaught(report: Report): void {
  window.addEventListener('error', (event) => report('run', event.error ?? event.message))
  window.addEventListener('unhandledrejection', (event) => report('run', event.reason))
  document.addEventListener('securitypolicyviolation', (event) => {
    report('blocked', `The sandbox refused ${event.blockedURI || 'inline code'} (${event.effectiveDirective}).`)
  })
}
