// AbortController and AbortSignal.
import { Event, EventTarget, handlerAttribute } from "internal:events";
import { setTimeout } from "internal:timers";

let create;
let abort;

/** Calls `step(reason)` when a signal is aborted, before its listeners. Answers what ends that. */
export let follow;

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  #steps = new Set();

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
      const steps = signal.#steps;
      signal.#steps = null;
      for (const step of steps) step(signal.#reason);
      signal.dispatchEvent(new Event("abort"));
    };
    follow = (signal, step) => {
      signal.#steps?.add(step);
      return () => signal.#steps?.delete(step);
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
    const sources = [...signals];
    for (const source of sources) if (!(source instanceof AbortSignal)) throw new TypeError("AbortSignal.any needs a list of AbortSignals");
    const result = create();
    const aborted = sources.find((source) => source.#aborted);
    if (aborted) {
      abort(result, aborted.#reason);
      return result;
    }
    const ends = sources.map((source) => follow(source, (reason) => abort(result, reason)));
    follow(result, () => ends.forEach((end) => end()));
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
