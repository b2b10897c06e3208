// Calls to the app's own backend. The frame's shell has wrapped `fetch`, so that `/api/…` is that backend
// and nothing else can be reached.

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly details: unknown

  constructor(status: number, message: string, details: unknown) {
    super(message)
    this.status = status
    this.details = details
  }
}

/** `tasks`, `/tasks` and `/api/tasks` are the same place; so are `?done=1` and `/api?done=1`. */
export function apiPath(path: string): string {
  return `/api/${path.replace(/^\.?\/*/, '').replace(/^api(?=[/?#]|$)\/*/, '')}`
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The sentence to show, from the shapes that backends and the host (RFC 9457) answer with. */
function messageOf(details: unknown, status: number): string {
  if (typeof details === 'string' && details.length < 300 && !details.trimStart().startsWith('<')) return details
  if (typeof details === 'object' && details !== null) {
    const fields = details as Record<string, unknown>
    for (const text of [fields.message, fields.error, fields.detail, fields.title]) {
      if (typeof text === 'string' && text !== '') return text
    }
    const inner = fields.error
    if (typeof inner === 'object' && inner !== null && 'message' in inner) return String(inner.message)
  }
  return `The app answered with status ${status}.`
}

export async function request<Data>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Data> {
  const init: RequestInit = { method, headers: { accept: 'application/json' } }
  if (signal) init.signal = signal
  if (body !== undefined) {
    init.body = JSON.stringify(body)
    init.headers = { accept: 'application/json', 'content-type': 'application/json' }
  }
  let response: Response
  let details: unknown
  try {
    response = await fetch(apiPath(path), init)
    details = await bodyOf(response)
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, 'The app could not be reached. Is the host running?', error)
  }
  if (!response.ok) throw new ApiError(response.status, messageOf(details, response.status), details)
  return details as Data
}

export const api = {
  get: <Data = unknown>(path: string) => request<Data>('GET', path),
  post: <Data = unknown>(path: string, body?: unknown) => request<Data>('POST', path, body),
  put: <Data = unknown>(path: string, body?: unknown) => request<Data>('PUT', path, body),
  patch: <Data = unknown>(path: string, body?: unknown) => request<Data>('PATCH', path, body),
  delete: <Data = unknown>(path: string, body?: unknown) => request<Data>('DELETE', path, body),
}
