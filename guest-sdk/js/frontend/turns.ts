// One call at a time, and at most one that waits. However often it is asked for, a slow backend is not asked
// twice at once, and an answer that is on its way is not thrown away for a newer question.

export class Turns {
  private readonly call: () => Promise<void>
  private running: Promise<void> | null = null
  private waiting: Promise<void> | null = null

  /** `call` must not reject. */
  constructor(call: () => Promise<void>) {
    this.call = call
  }

  /** Calls, now or after the call that is under way. Resolves when a call that began after this has ended. */
  ask(): Promise<void> {
    if (!this.running) {
      this.running = this.call().finally(() => {
        this.running = null
      })
      return this.running
    }
    this.waiting ??= this.running.then(() => {
      this.waiting = null
      return this.ask()
    })
    return this.waiting
  }
}
