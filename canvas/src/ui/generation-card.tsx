// A generation as it runs, and what came of it.
import { Check, CircleAlert, LoaderCircle, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { STEPS, stepDuration_ms, type Generation, type StepName } from '../core/generation.ts'
import { duration } from '../core/words.ts'
import { CodePreview } from './code-preview.tsx'
import { DiagnosticList } from './diagnostic-list.tsx'
import { GenerationSummary } from './generation-summary.tsx'
import { IconButton } from './icon-button.tsx'
import { useSession } from './session-context.ts'

const NAMES: Readonly<Record<StepName, string>> = {
  analyzing: 'Analyzing',
  generating: 'Generating',
  validating: 'Validating',
  packaging: 'Packaging',
  deploying: 'Deploying',
  complete: 'Complete',
}

export function GenerationCard(props: { generation: Generation; onEdit: (prompt: string) => void }) {
  const { generation } = props
  const session = useSession()
  const now_ms = useElapsed(generation)
  return (
    <section aria-label="Creating an app" className="panel pointer-events-auto flex min-h-0 flex-col">
      <header className="flex items-start gap-2 py-3 pr-2 pl-4">
        <div className="min-w-0 flex-1">
          <p className="text-xs font-medium text-muted">{headline(generation, now_ms)}</p>
          <p className="mt-0.5 line-clamp-3 text-sm leading-snug font-medium">“{generation.prompt}”</p>
        </div>
        <IconButton icon={X} label={generation.status === 'running' ? 'Hide; it goes on in the background' : 'Close'} onClick={() => session.generations.dismiss()} />
      </header>
      <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-4 pb-4" aria-live="polite">
        <Steps generation={generation} now_ms={now_ms} />
        {generation.status === 'failed' && (
          <div role="alert" className="flex flex-col items-start gap-3 rounded-xl bg-danger-soft p-3 text-sm">
            <p className="whitespace-pre-line">{generation.error}</p>
            <button type="button" className="button" onClick={() => props.onEdit(generation.prompt)}>
              Change the prompt
            </button>
          </div>
        )}
        {generation.result && generation.status === 'complete' && <GenerationSummary result={generation.result} />}
        <DiagnosticList diagnostics={generation.diagnostics} />
        <CodePreview files={generation.files} isRunning={generation.status === 'running'} />
      </div>
    </section>
  )
}

function headline(generation: Generation, now_ms: number): string {
  if (generation.status === 'failed') return 'This did not work'
  if (generation.status === 'complete') return `Created in ${duration(generation.elapsed_ms)}`
  return `Creating · ${duration(Math.floor(now_ms / 100) * 100)}`
}

function Steps({ generation, now_ms }: { generation: Generation; now_ms: number }) {
  const current = generation.steps.at(-1)
  return (
    <ol aria-label="Steps" className="m-0 flex list-none flex-col p-0">
      {STEPS.map((name) => {
        const step = generation.steps.find((candidate) => candidate.name === name)
        const isCurrent = step !== undefined && step === current && generation.status !== 'complete'
        const failed = isCurrent && generation.status === 'failed'
        const time_ms = name === 'complete' ? null : stepDuration_ms(generation, name, now_ms)
        return (
          <li key={name} aria-current={isCurrent ? 'step' : undefined} className={`flex items-center gap-2.5 py-1 text-[13px] ${step ? '' : 'text-faint'}`}>
            <StepMark state={failed ? 'failed' : isCurrent ? 'running' : step ? 'done' : 'waiting'} />
            <span className={isCurrent ? 'font-semibold' : step ? 'font-medium' : ''}>{NAMES[name]}</span>
            <span className="min-w-0 flex-1 truncate text-xs text-muted" title={step?.message}>
              {step?.message}
            </span>
            {time_ms !== null && <span className="text-xs text-muted tabular-nums">{duration(time_ms)}</span>}
          </li>
        )
      })}
    </ol>
  )
}

function StepMark({ state }: { state: 'waiting' | 'running' | 'done' | 'failed' }) {
  const box = 'grid size-[18px] shrink-0 place-items-center rounded-full'
  if (state === 'running') return <LoaderCircle aria-label="running" size={18} className="shrink-0 animate-spin text-accent" />
  if (state === 'failed') return <CircleAlert aria-label="failed" size={18} className="shrink-0 text-danger" />
  if (state === 'waiting') return <span aria-hidden className={`${box} border-[1.5px] border-line-strong`} />
  return (
    <span className={`${box} bg-accent text-on-accent`}>
      <Check aria-label="done" size={12} strokeWidth={3} />
    </span>
  )
}

/** Milliseconds since the start, growing while it runs. */
function useElapsed(generation: Generation): number {
  const [mark, setMark] = useState({ elapsed_ms: generation.elapsed_ms, at_ms: performance.now() })
  const [now_ms, setNow] = useState(() => performance.now())
  if (mark.elapsed_ms !== generation.elapsed_ms) setMark({ elapsed_ms: generation.elapsed_ms, at_ms: performance.now() })
  const isRunning = generation.status === 'running'
  useEffect(() => {
    if (!isRunning) return undefined
    const timer = setInterval(() => setNow(performance.now()), 100)
    return () => clearInterval(timer)
  }, [isRunning])
  return isRunning ? mark.elapsed_ms + Math.max(0, now_ms - mark.at_ms) : generation.elapsed_ms
}
