// Light or dark: `data-theme` on the root element, which `dark:` classes follow (build/tailwind-script.ts).
import type { Theme } from '../protocol/frame.ts'

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme
  document.documentElement.style.colorScheme = theme
}

/** The system's theme, now and when it changes, until the returned function is called. */
export function followSystemTheme(): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = (): void => applyTheme(dark.matches ? 'dark' : 'light')
  apply()
  dark.addEventListener('change', apply)
  return () => dark.removeEventListener('change', apply)
}
