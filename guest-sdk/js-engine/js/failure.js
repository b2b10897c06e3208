// How an exception is told to people: one line, and a stack with file:line.
import { cleanStack } from "internal:stack";
import { inspect } from "internal:inspect";

/** [message, stack] of anything that can be thrown. */
export function describe(thrown) {
  if (!(thrown instanceof Error) && !(thrown instanceof DOMException)) {
    const what = typeof thrown === "string" ? JSON.stringify(thrown) : inspect(thrown);
    return [`${what} was thrown, which is not an Error`, ""];
  }
  let message = `${thrown.name}: ${thrown.message}`;
  const causes = new Set([thrown]);
  let cause = thrown.cause;
  while (cause instanceof Error && !causes.has(cause) && causes.size < 4) {
    message += `; caused by ${cause.name}: ${cause.message}`;
    causes.add(cause);
    cause = cause.cause;
  }
  return [message, cleanStack(thrown.stack)];
}
