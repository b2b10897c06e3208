// AbortController and AbortSignal.
import { Event, EventTarget, handlerAttribute } from "internal:events";
import { setTimeout } from "internal:timers";

let create;
let abort;

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  #steps = [];

  static {
    create = () => {
      making = true;
      try {
        return new AbortSignal();
      } finally {
        making = false;
      }
    };
    abort = (signal, reason) => {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason === undefined ? new DOMException("The operation was aborted", "AbortError") : reason;
      for (const step of signal.#steps.splice(0)) step(signal.#reason);
      signal.dispatchEvent(new Event("abort"));
    };
  }

  constructor() {
    super();
    if (!making) throw new TypeError("AbortSignal cannot be constructed; use an AbortController");
  }
  get aborted() {
    return this.#aborted;
  }
  get reason() {
    return this.#reason;
  }
  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }
  static abort(reason) {
    const signal = create();
    abort(signal, reason);
    return signal;
  }
  static timeout(milliseconds) {
    const signal = create();
    setTimeout(() => abort(signal, new DOMException("The operation timed out", "TimeoutError")), milliseconds);
    return signal;
  }
  static any(signals) {
    const result = create();
    for (const signal of signals) {
      if (signal.#aborted) {
        abort(result, signal.#reason);
        return result;
      }
    }
    for (const signal of signals) signal.#steps.push((reason) => abort(result, reason));
    return result;
  }
}
let making = false;
handlerAttribute(AbortSignal.prototype, "abort");

export class AbortController {
  #signal = create();
  get signal() {
    return this.#signal;
  }
  abort(reason) {
    abort(this.#signal, reason);
  }
}
