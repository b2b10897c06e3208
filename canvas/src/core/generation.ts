// What a person sees of a generation, from the events of its stream. A pure reducer, so that a page that was
// reloaded shows the same after reading the stream again.
import { fieldsOf, jsonOf, listOf, numberOf, parseDiagnostic, textOf } from './parse.ts'
import type { SseMessage } from './sse.ts'
import type { Diagnostic } from './types.ts'

export const STEPS = ['analyzing', 'generating', 'validating', 'packaging', 'deploying', 'complete'] as const
export type StepName = (typeof STEPS)[number]

export interface Step {
  readonly name: StepName
  readonly message: string
  /** Milliseconds from the generation's start to the step's. */
  readonly start_ms: number
}

export interface GenerationResult {
  readonly app: string
  readonly title: string
  readonly entities: readonly { readonly name: string; readonly fields: readonly string[] }[]
  readonly assumptions: readonly string[]
  readonly notUnderstood: readonly string[]
}

export interface Generation {
  readonly prompt: string
  readonly id: string | null
  readonly status: 'running' | 'complete' | 'failed'
  readonly steps: readonly Step[]
  /** Milliseconds from the start to the latest state. */
  readonly elapsed_ms: number
  readonly files: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
  readonly provider: string | null
  readonly result: GenerationResult | null
  readonly error: string | null
  readonly lastEvent: number
}

/** More text than this is not shown: a preview, not an editor. */
const PREVIEW_LENGTH_MAX = 400_000
const DIAGNOSTICS_MAX = 100

export const startedGeneration = (prompt: string, id: string | null = null): Generation => ({
  prompt,
  id,
  status: 'running',
  steps: [],
  elapsed_ms: 0,
  files: new Map(),
  diagnostics: [],
  provider: null,
  result: null,
  error: null,
  lastEvent: 0,
})

export const failedGeneration = (generation: Generation, error: string, diagnostics: readonly Diagnostic[] = []): Generation => ({
  ...generation,
  status: 'failed',
  error,
  diagnostics: [...generation.diagnostics, ...diagnostics].slice(0, DIAGNOSTICS_MAX),
})

export function reduceGeneration(generation: Generation, message: SseMessage): Generation {
  const number = Number(message.id)
  // A stream that was resumed may repeat what is known.
  if (number <= generation.lastEvent || generation.status !== 'running') return generation
  const fields = fieldsOf(jsonOf(message.data))
  const next = { ...generation, lastEvent: Number.isFinite(number) ? number : generation.lastEvent }
  switch (message.event) {
    case 'state':
      return withState(next, textOf(fields.state), textOf(fields.message), numberOf(fields.elapsed_ms))
    case 'file':
      return { ...next, files: withChunk(next.files, textOf(fields.path), textOf(fields.chunk)) }
    case 'diagnostic': {
      const diagnostic = parseDiagnostic(fields)
      if (!diagnostic || next.diagnostics.length >= DIAGNOSTICS_MAX) return next
      return { ...next, diagnostics: [...next.diagnostics, diagnostic] }
    }
    case 'usage':
      return { ...next, provider: textOf(fields.provider) || null }
    case 'result':
      return { ...next, result: parseResult(fields) }
    default:
      return next
  }
}

function withState(generation: Generation, state: string, message: string, elapsed_ms: number): Generation {
  if (state === 'error') return failedGeneration({ ...generation, elapsed_ms }, message || 'The generation failed.')
  const name = STEPS.find((step) => step === state)
  if (!name) return generation
  const steps = [...generation.steps.filter((step) => step.name !== name), { name, message, start_ms: elapsed_ms }]
  return { ...generation, steps, elapsed_ms, status: name === 'complete' ? 'complete' : 'running' }
}

function withChunk(files: ReadonlyMap<string, string>, path: string, chunk: string): ReadonlyMap<string, string> {
  let length = 0
  for (const text of files.values()) length += text.length
  if (path === '' || length > PREVIEW_LENGTH_MAX) return files
  return new Map(files).set(path, (files.get(path) ?? '') + chunk)
}

function parseResult(fields: Record<string, unknown>): GenerationResult {
  const texts = (value: unknown): string[] => listOf(value).filter((item) => typeof item === 'string')
  return {
    app: textOf(fields.app),
    title: textOf(fields.title) || textOf(fields.app),
    entities: entitiesOf(fieldsOf(fields.specification)),
    assumptions: texts(fields.assumptions),
    notUnderstood: texts(fields.not_understood),
  }
}

function entitiesOf(specification: Record<string, unknown>): GenerationResult['entities'] {
  const label = (value: unknown): string => {
    const fields = fieldsOf(value)
    return textOf(fields.label) || textOf(fields.title) || textOf(fields.name)
  }
  const children = listOf(specification.children).map((child) => fieldsOf(child).entity)
  return [specification.entity, ...children]
    .map((entity) => ({ name: label(entity), fields: listOf(fieldsOf(entity).fields).map(label).filter((name) => name !== '') }))
    .filter((entity) => entity.name !== '')
}

/** How long each step took; the running one's time goes on growing. */
export function stepDuration_ms(generation: Generation, name: StepName, now_ms: number): number | null {
  const index = generation.steps.findIndex((step) => step.name === name)
  const step = generation.steps[index]
  if (!step) return null
  const end_ms = generation.steps[index + 1]?.start_ms ?? (generation.status === 'running' ? now_ms : generation.elapsed_ms)
  return Math.max(0, end_ms - step.start_ms)
}
