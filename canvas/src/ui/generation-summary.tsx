// What came of a generation: the app, what it holds, what was assumed, and what was not understood.
import { ExternalLink, MessageCircleQuestion, SquareDashedMousePointer } from 'lucide-react'
import type { GenerationResult } from '../core/generation.ts'
import { Glyph } from './glyph.tsx'
import { useWorkspace } from './workspace.ts'

export function GenerationSummary({ result }: { result: GenerationResult }) {
  const { showApp } = useWorkspace()
  return (
    <div className="flex flex-col gap-3 rounded-xl border border-line bg-sunken p-3 text-sm">
      <div className="flex items-center gap-2.5">
        <Glyph name={result.app} title={result.title} size={32} />
        <div className="min-w-0">
          <p className="truncate font-semibold">{result.title}</p>
          <p className="truncate text-xs text-muted">is ready on the canvas</p>
        </div>
      </div>
      {result.entities.map((entity) => (
        <div key={entity.name}>
          <p className="mb-1.5 text-xs text-muted">{entity.name}</p>
          <ul className="m-0 flex list-none flex-wrap gap-1 p-0">
            {entity.fields.map((field) => (
              <li key={field} className="rounded-md border border-line bg-surface px-1.5 py-0.5 text-xs">
                {field}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {result.assumptions.length > 0 && <Points title="Assumed" points={result.assumptions} />}
      {result.notUnderstood.length > 0 && (
        <div className="rounded-lg bg-warn-soft p-2.5">
          <p className="mb-1 flex items-center gap-1.5 text-xs font-semibold">
            <MessageCircleQuestion aria-hidden size={14} /> What I did not understand
          </p>
          <ul className="m-0 list-none p-0">
            {result.notUnderstood.map((text) => (
              <li key={text}>“{text}”</li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button" onClick={() => showApp(result.app)}>
          <SquareDashedMousePointer aria-hidden size={14} /> Show it
        </button>
        <a className="button" href={`/apps/${result.app}/`} target="_blank" rel="noopener">
          <ExternalLink aria-hidden size={14} /> Open as a page
        </a>
      </div>
    </div>
  )
}

function Points({ title, points }: { title: string; points: readonly string[] }) {
  return (
    <div>
      <p className="mb-1 text-xs text-muted">{title}</p>
      <ul className="m-0 flex list-disc flex-col gap-0.5 pl-4 marker:text-faint">
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </div>
  )
}
