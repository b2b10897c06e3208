// A button that is a picture: always with a name, the same size everywhere.
import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'

interface Props extends Omit<ComponentProps<'button'>, 'type' | 'children'> {
  readonly icon: LucideIcon
  readonly label: string
  readonly tone?: 'plain' | 'danger'
}

export const iconButtonClass =
  'nodrag grid size-8 shrink-0 place-items-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-ink aria-pressed:bg-accent-soft aria-pressed:text-accent'

export function IconButton({ icon: Icon, label, tone = 'plain', className = '', ...rest }: Props) {
  const danger = tone === 'danger' ? 'hover:bg-danger-soft hover:text-danger' : ''
  return (
    <button type="button" aria-label={label} title={label} className={`${iconButtonClass} ${danger} ${className}`} {...rest}>
      <Icon aria-hidden size={16} strokeWidth={1.9} />
    </button>
  )
}
