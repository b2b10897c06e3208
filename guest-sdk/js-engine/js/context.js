// `ctx`, the third argument of a handler.
import { console } from "internal:console";
import { describe } from "internal:failure";

/** Whether something that was handed to waitUntil is not settled yet. */
export function hasWork(context) {
  const work = context[WORK];
  return work !== undefined && work.left > 0;
}

// { left, wake } as soon as there is any. A symbol and no private field: a context is made for every request, and a
// class with fields is twice as slow to make.
const WORK = Symbol("work");

export class ExecutionContext {
  waitUntil(promise) {
    const work = (this[WORK] ??= { left: 0, wake: null });
    work.left += 1;
    const done = () => {
      work.left -= 1;
      if (work.left === 0) work.wake?.();
    };
    Promise.resolve(promise).then(done, (thrown) => {
      console.error(`waitUntil: ${describe(thrown).join("\n")}`);
      done();
    });
  }
  /** There is no origin behind an app to pass a request on to. */
  passThroughOnException() {}
}

/** Waits for everything that was handed to waitUntil, also from there. What failed was logged. */
export async function settle(context) {
  while (hasWork(context)) {
    await new Promise((resolve) => {
      context[WORK].wake = resolve;
    });
  }
}
