// "@atoll/sdk" for backends.

/** An error that is an answer: thrown from a fetch handler, it becomes a JSON response with its status. */
export class HttpError extends Error {
  constructor(status, message, details) {
    super(message ?? `HTTP ${status}`);
    this.status = Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500;
    if (details !== undefined) this.details = details;
  }
  get name() {
    return "HttpError";
  }
  toResponse() {
    const body = { error: this.message };
    if (this.details !== undefined) body.details = this.details;
    return Response.json(body, { status: this.status });
  }
}

/** A JSON response. */
export function json(data, init) {
  return Response.json(data, typeof init === "number" ? { status: init } : init);
}

/** Gives an app its types; returns it as it is. */
export function defineApp(app) {
  return app;
}
