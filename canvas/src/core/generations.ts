// The generation that a person looks at: started, followed to its end, and found again after a reload of the
// page. One that was put away goes on at the host; a notice says how it ended.
import { Api, ApiProblem } from './api.ts'
import { readEventStream } from './event-stream.ts'
import { failedGeneration, reduceGeneration, startedGeneration, type Generation } from './generation.ts'
import { fieldsOf, jsonOf, textOf } from './parse.ts'
import type { TextStorage } from './storage.ts'
import { Store } from './store.ts'

const KEY = 'atoll.generation'

export interface GenerationsOptions {
  readonly api: Api
  /** Remembers the running generation over a reload of the page. */
  readonly storage: TextStorage
  readonly notify: (kind: 'info' | 'error', text: string) => void
  /** A generation is complete: there is a new app, or a new revision of one. */
  readonly onComplete: () => Promise<void>
}

/** One generation, shown or put away. */
interface Run {
  generation: Generation
}

export class Generations {
  /** The one that is shown. */
  readonly shown = new Store<Generation | null>(null)
  private readonly options: GenerationsOptions
  private readonly stopped = new AbortController()
  private current: Run | null = null

  constructor(options: GenerationsOptions) {
    this.options = options
  }

  async start(prompt: string): Promise<void> {
    const run = this.show(startedGeneration(prompt))
    await this.toItsEnd(run, async () => {
      const id = await this.options.api.generate(prompt)
      this.update(run, startedGeneration(prompt, id))
      if (this.current === run) this.options.storage.setItem(KEY, JSON.stringify({ id, prompt }))
      await this.follow(run, id)
    })
  }

  /** Goes on with the one that was running when the page was left, if there is one. */
  async resume(): Promise<void> {
    const remembered = fieldsOf(jsonOf(this.options.storage.getItem(KEY) ?? ''))
    const [id, prompt] = [textOf(remembered.id), textOf(remembered.prompt)]
    if (id === '' || this.current) return
    const run = this.show(startedGeneration(prompt, id))
    await this.toItsEnd(run, () => this.follow(run, id))
  }

  /** Puts the shown one away. */
  dismiss(): void {
    this.current = null
    this.shown.set(null)
    this.options.storage.removeItem(KEY)
  }

  stop(): void {
    this.stopped.abort()
  }

  private show(generation: Generation): Run {
    const run = { generation }
    this.current = run
    this.shown.set(generation)
    return run
  }

  private update(run: Run, generation: Generation): void {
    run.generation = generation
    if (this.current === run) this.shown.set(generation)
  }

  private async follow(run: Run, id: string): Promise<void> {
    await readEventStream({
      url: `/api/v1/generations/${encodeURIComponent(id)}/events`,
      fetch: this.options.api.fetch,
      signal: this.stopped.signal,
      onMessage: (message) => {
        this.update(run, reduceGeneration(run.generation, message))
        return run.generation.status !== 'running'
      },
    })
  }

  private async toItsEnd(run: Run, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.update(run, failedGeneration(run.generation, message, error instanceof ApiProblem ? error.diagnostics : []))
    }
    if (this.stopped.signal.aborted) return
    if (this.current === run) this.options.storage.removeItem(KEY)
    else this.tellEnd(run.generation)
    if (run.generation.status === 'complete') await this.options.onComplete()
  }

  private tellEnd(generation: Generation): void {
    if (generation.status === 'failed') this.options.notify('error', `“${generation.prompt}” did not work: ${generation.error ?? ''}`)
    else this.options.notify('info', `${generation.result?.title ?? 'The app'} is ready.`)
  }
}
