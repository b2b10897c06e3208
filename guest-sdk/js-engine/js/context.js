// `ctx`, the third argument of a handler.
import { console } from "internal:console";
import { describe } from "internal:failure";

/** Whether waitUntil was called with something that is not awaited yet. */
export let hasWork;
let takeWork;

export class ExecutionContext {
  #waiting = null;

  static {
    hasWork = (context) => context.#waiting !== null;
    takeWork = (context) => {
      const waiting = context.#waiting;
      context.#waiting = null;
      return waiting;
    };
  }

  waitUntil(promise) {
    (this.#waiting ??= []).push(promise);
  }
  /** There is no origin behind an app to pass a request on to. */
  passThroughOnException() {}
}

/** Waits for everything that was handed to waitUntil, also from there. What fails is logged. */
export async function settle(context) {
  while (hasWork(context)) {
    for (const outcome of await Promise.allSettled(takeWork(context))) {
      if (outcome.status === "rejected") console.error(`waitUntil: ${describe(outcome.reason).join("\n")}`);
    }
  }
}
