// Findings in generated source, each with its place and the lines around it.
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { Diagnostic } from '../core/types.ts'

const LOOKS = {
  error: { icon: CircleAlert, color: 'text-danger' },
  warning: { icon: TriangleAlert, color: 'text-warn' },
  info: { icon: Info, color: 'text-muted' },
} as const

export function DiagnosticList({ diagnostics }: { diagnostics: readonly Diagnostic[] }) {
  if (diagnostics.length === 0) return null
  return (
    <ul aria-label="Findings" className="m-0 flex list-none flex-col gap-2 p-0">
      {diagnostics.map((diagnostic, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a list that only grows at its end
        <li key={index} className="rounded-xl border border-line p-3 text-[13px]">
          <Finding diagnostic={diagnostic} />
        </li>
      ))}
    </ul>
  )
}

function Finding({ diagnostic }: { diagnostic: Diagnostic }) {
  const { icon: Icon, color } = LOOKS[diagnostic.severity]
  const { location } = diagnostic
  return (
    <>
      <p className="flex gap-2">
        <Icon aria-label={diagnostic.severity} size={16} className={`mt-px shrink-0 ${color}`} />
        <span>{diagnostic.message}</span>
      </p>
      <p className="mt-1 pl-6 font-mono text-[11.5px] text-muted">
        {location ? `${location.file}:${location.line}:${location.column} · ` : ''}
        {diagnostic.rule}
      </p>
      {diagnostic.frame && (
        <pre className="mt-2 overflow-x-auto rounded-lg bg-sunken p-2.5 font-mono text-[11.5px] leading-relaxed">{diagnostic.frame}</pre>
      )}
      {diagnostic.hint && <p className="mt-2 pl-6 text-muted">{diagnostic.hint}</p>}
    </>
  )
}
