/** An answer that is not the one the caller hoped for. Throw it anywhere; `index.ts` turns it into JSON. */
export class Problem extends Error {
  status: number;
  fields: Record<string, string>;

  constructor(status: number, message: string, fields: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
  }

  toResponse(): Response {
    return Response.json({ message: this.message, fields: this.fields }, { status: this.status });
  }
}

/** The JSON object in a request's body. */
export async function readObject(request: Request): Promise<Record<string, unknown>> {
  const body: unknown = await request.json().catch(() => {
    throw new Problem(400, "%[The body is not JSON.]");
  });
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Problem(400, "%[The body must be a JSON object.]");
  }
  return body as Record<string, unknown>;
}

export function notFound(): Problem {
  return new Problem(404, "%[There is nothing here.]");
}

export function notAllowed(): Problem {
  return new Problem(405, "%[This cannot be done here.]");
}
