// Catches what an app's components throw while rendering.
import { Component, type ReactNode } from 'react'
import { describe } from './describe.ts'
import { Problem } from './problem.tsx'

interface Props {
  readonly children: ReactNode
  readonly onError: (error: unknown) => void
}

interface State {
  readonly error: unknown
  readonly failed: boolean
}

export class ErrorBoundary extends Component<Props, State> {
  override readonly state: State = { error: null, failed: false }

  static getDerivedStateFromError(error: unknown): State {
    return { error, failed: true }
  }

  override componentDidCatch(error: unknown): void {
    this.props.onError(error)
  }

  private readonly retry = (): void => this.setState({ error: null, failed: false })

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return <Problem title="Something in this app broke" message={describe(this.state.error)} onRetry={this.retry} />
  }
}
