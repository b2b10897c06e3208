// Where a person says what they want.
import { ArrowUp, LoaderCircle } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { suggestionsFor } from '../core/suggestions.ts'
import { useSession, useStore } from './session-context.ts'

/** The host takes 16 KiB; a character may be four bytes. */
const PROMPT_LENGTH_MAX = 4_000

export function PromptBar(props: { text: string; onText: (text: string) => void }) {
  const { text, onText } = props
  const session = useSession()
  const apps = useStore(session.apps)
  const generation = useStore(session.generations.shown)
  const field = useRef<HTMLTextAreaElement>(null)
  const [focused, setFocused] = useState(false)
  const isRunning = generation?.status === 'running'
  const excess = text.trim().length - PROMPT_LENGTH_MAX
  const isReady = text.trim() !== '' && excess <= 0 && !isRunning
  useSlashFocuses(field)

  const submit = (): void => {
    if (!isReady) return
    onText('')
    void session.generations.start(text.trim())
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a word, Enter belongs to it. Safari ends the composition before the key: 229.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return
    event.preventDefault()
    submit()
  }
  const offers = focused && text === '' && !generation && apps.length > 0 ? suggestionsFor(apps).slice(0, 3) : []

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it watches the focus of what is in it
    <form
      aria-label="New app"
      className="pointer-events-auto relative w-full"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onFocus={() => setFocused(true)}
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setFocused(false)}
    >
      {offers.length > 0 && (
        <ul aria-label="Suggestions" className="offers mb-2 flex list-none flex-wrap justify-center gap-1.5 p-0">
          {offers.map((offer) => (
            <li key={offer}>
              <button
                type="button"
                className="chip"
                onClick={() => {
                  onText(offer)
                  field.current?.focus()
                }}
              >
                {offer}
              </button>
            </li>
          ))}
        </ul>
      )}
      {/* Nothing of a long text that was pasted is cut off unseen. */}
      {excess > 0 && (
        <p id="prompt-excess" role="alert" className="bar mb-2 px-3 py-1.5 text-sm text-danger">
          {excess.toLocaleString()} {excess === 1 ? 'character' : 'characters'} too long: a description has at most {PROMPT_LENGTH_MAX.toLocaleString()}.
        </p>
      )}
      <div className="prompt flex items-end gap-2 p-2 pl-4">
        <textarea
          ref={field}
          rows={1}
          value={text}
          aria-describedby={excess > 0 ? 'prompt-excess' : undefined}
          aria-label="Describe your micro-app"
          placeholder="Describe your micro-app…"
          className="prompt-field min-h-9 flex-1 resize-none bg-transparent py-1.5 text-[15px] leading-6 outline-none placeholder:text-muted"
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          disabled={!isReady}
          aria-label={isRunning ? 'Creating…' : 'Create the app'}
          title="Create (Enter)"
          className="grid size-9 shrink-0 place-items-center rounded-xl bg-accent text-on-accent transition hover:brightness-110 disabled:bg-hover disabled:text-muted"
        >
          {isRunning ? <LoaderCircle aria-hidden size={18} className="animate-spin" /> : <ArrowUp aria-hidden size={18} strokeWidth={2.2} />}
        </button>
      </div>
    </form>
  )
}

/** `/` goes to the prompt from anywhere that is no field. */
function useSlashFocuses(field: React.RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      const target = event.target as HTMLElement
      if (event.key !== '/' || event.ctrlKey || event.metaKey || target.closest('input, textarea, select, dialog, [contenteditable]')) return
      event.preventDefault()
      field.current?.focus()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [field])
}
