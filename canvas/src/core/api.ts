// The control API. Every failure is an `ApiProblem` with a sentence that can be shown.
import { fieldsOf, jsonOf, listOf, numberOf, parseApp, parseDiagnostic, present, textOf } from './parse.ts'
import type { AppInfo, Diagnostic } from './types.ts'

/** A failure, from a problem document (RFC 9457) or from the lack of an answer. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  /** 0: no answer came. */
  readonly status: number
  readonly diagnostics: readonly Diagnostic[]

  constructor(status: number, message: string, diagnostics: readonly Diagnostic[] = []) {
    super(message)
    this.status = status
    this.diagnostics = diagnostics
  }
}

export class Api {
  readonly fetch: typeof fetch

  constructor(fetchWith: typeof fetch = (input, init) => fetch(input, init)) {
    this.fetch = fetchWith
  }

  async apps(): Promise<AppInfo[]> {
    const answer = fieldsOf(await this.json('GET', '/api/v1/apps'))
    return present(listOf(answer.apps).map(parseApp))
  }

  async deleteApp(app: string): Promise<void> {
    await this.json('DELETE', `/api/v1/apps/${app}`)
  }

  layout(): Promise<unknown> {
    return this.json('GET', '/api/v1/layout')
  }

  async saveLayout(layout: unknown, keepalive = false): Promise<void> {
    await this.json('PUT', '/api/v1/layout', layout, keepalive)
  }

  /** Starts a generation; answers its id. */
  async generate(prompt: string): Promise<string> {
    const id = textOf(fieldsOf(await this.json('POST', '/api/v1/generations', { prompt })).id)
    if (id === '') throw new ApiProblem(0, 'The host started nothing: its answer has no id.')
    return id
  }

  private async json(method: string, path: string, body?: unknown, keepalive = false): Promise<unknown> {
    const init: RequestInit = { method, keepalive, headers: { accept: 'application/json' } }
    if (body !== undefined) {
      init.body = JSON.stringify(body)
      init.headers = { accept: 'application/json', 'content-type': 'application/json' }
    }
    let response: Response
    let text: string
    try {
      response = await this.fetch(path, init)
      text = await response.text()
    } catch {
      throw new ApiProblem(0, 'The host does not answer. Is it running?')
    }
    if (!response.ok) throw problemOf(response.status, text)
    if (text === '') return null
    const answer = jsonOf(text)
    if (answer === null) throw new ApiProblem(response.status, `The answer to ${method} ${path} is no JSON. Is something else listening at the host's address?`)
    return answer
  }
}

/** The problem that an answer describes. */
export function problemOf(status: number, text: string): ApiProblem {
  // Without a problem document the status has to do.
  const fields = fieldsOf(jsonOf(text))
  const message = textOf(fields.detail) || textOf(fields.title) || `The host answered with status ${status}.`
  return new ApiProblem(numberOf(fields.status, status), message, present(listOf(fields.diagnostics).map(parseDiagnostic)))
}
