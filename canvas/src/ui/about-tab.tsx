// An app's facts in plain words: what it tells others, what it hears, what it may do, and how much.
import { ArrowDownToLine, ArrowUpFromLine, Minus, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AppInfo } from '../core/types.ts'
import { ago, grantsInWords, limitsInWords } from '../core/words.ts'

export function AboutTab({ app }: { app: AppInfo }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4 text-sm">
      {app.description && <p className="text-muted">{app.description}</p>}
      <Section title="Tells others">
        <Types types={app.publishes} icon={<ArrowUpFromLine aria-hidden size={14} />} none="Nothing." />
      </Section>
      <Section title="Hears">
        <Types types={app.subscribes} icon={<ArrowDownToLine aria-hidden size={14} />} none="Nothing." />
      </Section>
      <Section title="What it may do">
        <ul className="m-0 flex list-none flex-col gap-1.5 p-0">
          {grantsInWords(app).map((sentence) => (
            <li key={sentence.text} className={`flex gap-2 ${sentence.granted ? '' : 'text-muted'}`}>
              {sentence.granted ? <ShieldCheck aria-hidden size={16} className="mt-0.5 shrink-0 text-accent" /> : <Minus aria-hidden size={16} className="mt-0.5 shrink-0" />}
              {sentence.text}
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Its limits">
        <ul className="m-0 flex list-none flex-col gap-1 p-0 text-muted">
          {limitsInWords(app).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </Section>
      <p className="text-xs text-muted">
        Created {ago(app.created_at, Date.now())}
        {app.updated_at !== app.created_at && `, changed ${ago(app.updated_at, Date.now())}`}. Its backend answers at{' '}
        <code className="code">/apps/{app.name}/api/</code>
      </p>
    </div>
  )
}

function Section(props: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 text-xs font-semibold text-muted">{props.title}</h3>
      {props.children}
    </section>
  )
}

function Types(props: { types: readonly string[]; icon: ReactNode; none: string }) {
  if (props.types.length === 0) return <p className="text-muted">{props.none}</p>
  return (
    <ul className="m-0 flex list-none flex-wrap gap-1.5 p-0">
      {props.types.map((type) => (
        <li key={type} className="flex items-center gap-1.5 rounded-lg border border-line bg-sunken px-2 py-1 font-mono text-xs">
          {props.icon}
          {type}
        </li>
      ))}
    </ul>
  )
}
