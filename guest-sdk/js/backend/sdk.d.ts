/** `@atoll/sdk` for backends: built into the JavaScript engine. */
declare module "@atoll/sdk" {
  /** An error that is an answer: thrown from a fetch handler, it becomes a JSON response with its status. */
  export class HttpError extends Error {
    constructor(status: number, message?: string, details?: unknown);
    readonly status: number;
    readonly details?: unknown;
    toResponse(): Response;
  }

  /** A JSON response; the second argument is a status or what `new Response` takes. */
  export function json(data: unknown, init?: number | ResponseInit): Response;

  /** Gives an app its types; returns it as it is. */
  export function defineApp<Bindings = Env>(app: AtollApp<Bindings>): AtollApp<Bindings>;
}
