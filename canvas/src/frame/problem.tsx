// What a person sees in place of a page that failed: what happened, in plain words, and a way on. Its styles
// are its own, since the app's may be what failed.
import type { CSSProperties } from 'react'

const FONT = 'ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif'

const styles: Record<string, CSSProperties> = {
  page: { minHeight: '100dvh', display: 'grid', placeItems: 'center', padding: 24, boxSizing: 'border-box', fontFamily: FONT },
  card: { maxWidth: 380, display: 'grid', gap: 10, justifyItems: 'start' },
  title: { fontSize: 16, fontWeight: 600, margin: 0 },
  text: { fontSize: 14, lineHeight: 1.5, margin: 0, opacity: 0.75 },
  code: { fontSize: 12, lineHeight: 1.5, margin: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontFamily: 'ui-monospace, monospace', opacity: 0.85 },
  button: { font: 'inherit', fontSize: 14, fontWeight: 500, padding: '8px 14px', borderRadius: 9, border: '1px solid currentColor', background: 'transparent', color: 'inherit', cursor: 'pointer' },
}

export function Problem(props: { title: string; message: string; onRetry?: () => void }) {
  return (
    <div style={styles.page}>
      <div role="alert" style={styles.card}>
        <h1 style={styles.title}>{props.title}</h1>
        <p style={styles.text}>What you entered and saved before is safe: only this page stopped.</p>
        <pre style={styles.code}>{props.message}</pre>
        {props.onRetry && (
          <button type="button" style={styles.button} onClick={props.onRetry}>
            Try again
          </button>
        )}
      </div>
    </div>
  )
}
