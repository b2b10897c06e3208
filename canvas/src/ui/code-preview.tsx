// The files of a generation, as they are written.
import { ChevronRight, FileCode2 } from 'lucide-react'
import { useEffect, useRef } from 'react'

export function CodePreview({ files, isRunning }: { files: ReadonlyMap<string, string>; isRunning: boolean }) {
  if (files.size === 0) return null
  const paths = [...files.keys()]
  const writing = isRunning ? paths.at(-1) : undefined
  return (
    <details className="group/code" open={isRunning || undefined}>
      <summary className="summary text-[13px] font-medium">
        <ChevronRight aria-hidden size={14} className="transition-transform group-open/code:rotate-90" />
        Code
        <span className="text-xs font-normal text-muted">
          {files.size} {files.size === 1 ? 'file' : 'files'}
        </span>
      </summary>
      <ul className="mt-2 flex list-none flex-col gap-1 p-0">
        {paths.map((path) => (
          <li key={path}>
            <File path={path} text={files.get(path) ?? ''} isWriting={path === writing} />
          </li>
        ))}
      </ul>
    </details>
  )
}

function File({ path, text, isWriting }: { path: string; text: string; isWriting: boolean }) {
  const code = useRef<HTMLPreElement>(null)
  useEffect(() => {
    if (isWriting && code.current) code.current.scrollTop = code.current.scrollHeight
  }, [isWriting, text])
  return (
    <details className="group/file overflow-hidden rounded-lg border border-line" open={isWriting || undefined}>
      <summary className="summary bg-sunken px-2.5 py-1.5 text-xs">
        <FileCode2 aria-hidden size={14} className="shrink-0 text-muted" />
        <span className="min-w-0 flex-1 truncate font-mono">{path}</span>
        {isWriting ? <span className="text-accent">writing…</span> : <span className="text-muted tabular-nums">{text.split('\n').length} lines</span>}
      </summary>
      {/* A region that scrolls has to be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above */}
      <pre ref={code} tabIndex={0} aria-label={path} className="m-0 max-h-64 overflow-auto border-t border-line bg-surface p-2.5 font-mono text-[11.5px] leading-relaxed">
        {text}
      </pre>
    </details>
  )
}
