// Light, dark, or as the system has it. Remembered in this browser only.
import { forgivingStorage } from '../core/storage.ts'
import { Store } from '../core/store.ts'
import type { Theme } from '../core/types.ts'

export type ThemeChoice = 'system' | Theme

const KEY = 'atoll.theme'
const storage = forgivingStorage(() => localStorage)
const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

const isChoice = (value: unknown): value is ThemeChoice => value === 'system' || value === 'light' || value === 'dark'
const remembered = storage.getItem(KEY)

export const themeChoice = new Store<ThemeChoice>(isChoice(remembered) ? remembered : 'system')
export const theme = new Store<Theme>('light')

function apply(): void {
  const choice = themeChoice.get()
  if (choice === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = choice
  theme.set(choice === 'system' ? (systemIsDark.matches ? 'dark' : 'light') : choice)
}

apply()
systemIsDark.addEventListener('change', apply)
themeChoice.subscribe(apply)

export function nextThemeChoice(): void {
  const order: readonly ThemeChoice[] = ['system', 'light', 'dark']
  const next = order[(order.indexOf(themeChoice.get()) + 1) % order.length] ?? 'system'
  storage.setItem(KEY, next)
  themeChoice.set(next)
}
