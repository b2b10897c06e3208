// Asks before an app goes away for good.
import { useEffect, useRef, useState } from 'react'
import type { AppInfo } from '../core/types.ts'
import { useSession } from './session-context.ts'

export function DeleteDialog({ app, onClose }: { app: AppInfo; onClose: () => void }) {
  const session = useSession()
  const dialog = useRef<HTMLDialogElement>(null)
  const [error, setError] = useState('')
  const [isBusy, setBusy] = useState(false)

  useEffect(() => {
    dialog.current?.showModal()
  }, [])

  const remove = (): void => {
    setBusy(true)
    session.deleteApp(app.name).then(
      () => {
        session.notify('info', `${app.title} is gone.`)
        onClose()
      },
      (failure: unknown) => {
        setBusy(false)
        setError(failure instanceof Error ? failure.message : String(failure))
      },
    )
  }

  return (
    <dialog ref={dialog} aria-labelledby="delete-title" className="dialog" onClose={onClose}>
      <h2 id="delete-title" className="text-base font-semibold">
        Delete “{app.title}”?
      </h2>
      <p className="mt-2 text-sm text-muted">Its page, its code and everything that was saved in it go away. This cannot be undone.</p>
      {error && (
        <p role="alert" className="mt-3 text-sm text-danger">
          {error}
        </p>
      )}
      <div className="mt-5 flex justify-end gap-2">
        {/* Closed by the dialog itself, which gives the focus back to where it was. */}
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" className="button button-danger" disabled={isBusy} onClick={remove}>
          Delete the app
        </button>
      </div>
    </dialog>
  )
}
