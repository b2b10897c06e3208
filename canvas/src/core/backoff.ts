// How long to wait before trying again: doubled each time, with jitter so that many clients of a host that
// came back do not knock in step.

export class Backoff {
  private failures = 0
  private readonly options: { readonly first_ms: number; readonly max_ms: number }
  private readonly random: () => number

  constructor(options: { readonly first_ms: number; readonly max_ms: number }, random: () => number = Math.random) {
    this.options = options
    this.random = random
  }

  next(): number {
    const full_ms = Math.min(this.options.first_ms * 2 ** this.failures, this.options.max_ms)
    this.failures = Math.min(this.failures + 1, 30)
    return full_ms * (0.5 + this.random() / 2)
  }

  reset(): void {
    this.failures = 0
  }
}
