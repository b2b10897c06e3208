// `tailwind.js` of a frame: Tailwind's own browser build, which makes the CSS for the classes it sees, after
// a stylesheet of ours that says what `dark:` means: the canvas' theme where the shell has set one, else the
// system's.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const STYLESHEET = `@import "tailwindcss";
@custom-variant dark {
  &:where([data-theme="dark"], [data-theme="dark"] *) { @slot; }
  @media (prefers-color-scheme: dark) {
    &:where(:root:not([data-theme]), :root:not([data-theme]) *) { @slot; }
  }
}`

const PRELUDE = `{const s=document.createElement("style");s.type="text/tailwindcss";s.textContent=${JSON.stringify(STYLESHEET)};document.head.prepend(s)}`

export function tailwindScript(): Plugin {
  return {
    name: 'atoll-tailwind-script',
    generateBundle() {
      const path = createRequire(import.meta.url).resolve('@tailwindcss/browser')
      this.emitFile({ type: 'asset', fileName: 'tailwind.js', source: `${PRELUDE}\n${readFileSync(path, 'utf8')}` })
    },
  }
}
