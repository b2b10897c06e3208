// Short messages that go by themselves.
import { X } from 'lucide-react'
import { useEffect } from 'react'
import type { Notice } from '../core/session.ts'
import { IconButton } from './icon-button.tsx'
import { useSession, useStore } from './session-context.ts'

const SHOWN_MS = 5_000

export function Notices() {
  const notices = useStore(useSession().notices)
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-16 z-40 flex flex-col items-center gap-2 px-3">
      {notices.map((notice) => (
        <NoticeBox key={notice.id} notice={notice} />
      ))}
    </div>
  )
}

function NoticeBox({ notice }: { notice: Notice }) {
  const session = useSession()
  useEffect(() => {
    const timer = setTimeout(() => session.dismissNotice(notice.id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [notice.id, session])
  return (
    <div className={`bar pointer-events-auto flex max-w-md items-center gap-2 py-1 pr-1 pl-4 text-sm ${notice.kind === 'error' ? 'text-danger' : ''}`}>
      <p>{notice.text}</p>
      <IconButton icon={X} label="Dismiss" onClick={() => session.dismissNotice(notice.id)} />
    </div>
  )
}
