// An empty canvas says what can be done with it.
import { suggestionsFor } from '../core/suggestions.ts'
import { AtollPicture } from './atoll-picture.tsx'

const POINTS = [
  ['A page and a backend', 'Each app is a whole one, in a sandbox of its own.'],
  ['Its data stays here', 'What you enter is kept on this machine.'],
  ['Apps hear one another', 'A calendar can follow your todo list, live.'],
] as const

export function EmptyState({ onPick }: { onPick: (prompt: string) => void }) {
  return (
    <div className="pointer-events-none absolute inset-0 z-10 flex flex-col items-center overflow-y-auto px-5 pt-20 pb-44">
      <div className="pointer-events-auto my-auto flex w-full max-w-2xl flex-col items-center text-center">
        <AtollPicture />
        <h2 className="mt-4 text-[26px] leading-tight font-semibold tracking-[-0.025em] text-balance sm:text-[32px]">Describe an app. Watch it appear.</h2>
        <p className="mt-3 max-w-md text-[15px] leading-relaxed text-pretty text-muted">Say in a sentence what you need. Start with one of these, or write your own below.</p>
        <ul aria-label="Examples" className="mt-7 grid w-full list-none gap-2 p-0 sm:grid-cols-2">
          {suggestionsFor([]).map((prompt) => (
            <li key={prompt} className="flex">
              <button type="button" className="example" onClick={() => onPick(prompt)}>
                {prompt}
              </button>
            </li>
          ))}
        </ul>
        <dl className="mt-9 grid w-full gap-x-6 gap-y-4 text-left sm:grid-cols-3">
          {POINTS.map(([title, text]) => (
            <div key={title}>
              <dt className="text-[13px] font-semibold">{title}</dt>
              <dd className="m-0 mt-0.5 text-[13px] leading-relaxed text-muted">{text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  )
}
