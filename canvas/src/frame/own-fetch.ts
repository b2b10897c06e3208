// `fetch` as an app's page has it: `/api/x`, `api/x` and `./api/x` are the app's own backend, and only calls
// to that backend (and to its event stream) carry the token. Every other address is passed on as it is; the
// page's policy (connect-src) is what stops it.
import type { FrameSettings } from './settings.ts'

export const TOKEN_HEADER = 'x-atoll-frame'

type Fetch = typeof fetch

/** The host's own refusal (a problem document), as opposed to a 403 of the app. */
async function isTokenProblem(response: Response): Promise<boolean> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return false
  const problem = (await response.clone().json().catch(() => null)) as { type?: unknown } | null
  return typeof problem?.type === 'string' && problem.type.endsWith('frame-token')
}

type Own = Pick<FrameSettings, 'api' | 'events' | 'token'>

const lies = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** The address that is meant, normalized; `base` is the page's own address. */
export function ownAddress(address: string, own: Own, base: string): { url: string; isOwn: boolean } {
  const host = new URL(base).origin
  let url: URL
  try {
    url = new URL(address, base)
  } catch {
    // `fetch` itself says what is wrong with it.
    return { url: address, isOwn: false }
  }
  if (url.origin !== host) return { url: url.href, isOwn: false }
  if (lies(url.pathname, '/api')) url.pathname = own.api + url.pathname.slice('/api'.length)
  // The URL parser has resolved every `..` by now, so a prefix is a prefix.
  return { url: url.href, isOwn: lies(url.pathname, own.api) || url.pathname === own.events }
}

const mayHaveBody = (request: Request): boolean => request.method !== 'GET' && request.method !== 'HEAD'

/** A page that is younger than this and has no valid token would get none by being loaded again either. */
const STALE_AFTER_MS = 60_000

/** `onStale` is called when the host no longer takes the token: the page has been open for too long. */
export function ownFetch(native: Fetch, own: Own, base: string, onStale: () => void = () => undefined): Fetch {
  return async (input, init) => {
    const request = input instanceof Request ? input : null
    const { url, isOwn } = ownAddress(request ? request.url : String(input), own, base)
    if (!isOwn) return native(input, init)
    const headers = new Headers(init?.headers ?? request?.headers)
    headers.set(TOKEN_HEADER, own.token)
    // An opaque origin has no cookies to send.
    const sent: RequestInit = { ...init, headers, credentials: 'omit', mode: 'cors' }
    if (request) {
      sent.method ??= request.method
      sent.signal ??= request.signal
      // Read whole: a browser sends a body that is a stream only over HTTP/2. Not every browser has `request.body`.
      const body = sent.body === undefined && mayHaveBody(request) ? await request.arrayBuffer() : null
      if (body?.byteLength) sent.body = body
    }
    const response = await native(url, sent)
    if (response.status === 403 && performance.now() > STALE_AFTER_MS && (await isTokenProblem(response))) onStale()
    return response
  }
}
