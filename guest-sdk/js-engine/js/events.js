// Event, CustomEvent and EventTarget: dispatch without a tree, since there is no document.

const state = Symbol("event state");

export class Event {
  constructor(type, init = {}) {
    if (arguments.length === 0) throw new TypeError("Event needs a type");
    this[state] = { type: `${type}`, target: null, canceled: false, stopped: false, passive: false };
    this[state].bubbles = Boolean(init?.bubbles);
    this[state].cancelable = Boolean(init?.cancelable);
    this[state].composed = Boolean(init?.composed);
    this[state].timeStamp = performance.now();
  }
  get type() {
    return this[state].type;
  }
  get target() {
    return this[state].target;
  }
  get currentTarget() {
    return this[state].target;
  }
  get srcElement() {
    return this[state].target;
  }
  get bubbles() {
    return this[state].bubbles;
  }
  get cancelable() {
    return this[state].cancelable;
  }
  get composed() {
    return this[state].composed;
  }
  get defaultPrevented() {
    return this[state].canceled;
  }
  get returnValue() {
    return !this[state].canceled;
  }
  get timeStamp() {
    return this[state].timeStamp;
  }
  get eventPhase() {
    return this[state].target ? 2 : 0;
  }
  get isTrusted() {
    return false;
  }
  preventDefault() {
    if (this[state].cancelable && !this[state].passive) this[state].canceled = true;
  }
  stopPropagation() {}
  stopImmediatePropagation() {
    this[state].stopped = true;
  }
  composedPath() {
    return this[state].target ? [this[state].target] : [];
  }
}

export class CustomEvent extends Event {
  #detail;
  constructor(type, init = {}) {
    super(type, init);
    this.#detail = init?.detail ?? null;
  }
  get detail() {
    return this.#detail;
  }
}

export class EventTarget {
  #listeners = new Map();

  addEventListener(type, callback, options = {}) {
    if (callback === null || callback === undefined) return;
    type = `${type}`;
    const capture = typeof options === "boolean" ? options : Boolean(options?.capture);
    const { once = false, passive = false, signal } = typeof options === "object" && options !== null ? options : {};
    if (signal?.aborted) return;
    const list = this.#listeners.get(type) ?? [];
    if (list.some((entry) => entry.callback === callback && entry.capture === capture)) return;
    // A new list: a dispatch that is under way goes on over the old one.
    this.#listeners.set(type, [...list, { callback, capture, once, passive, removed: false }]);
    signal?.addEventListener("abort", () => this.removeEventListener(type, callback, capture), { once: true });
  }

  removeEventListener(type, callback, options = {}) {
    type = `${type}`;
    const capture = typeof options === "boolean" ? options : Boolean(options?.capture);
    const list = this.#listeners.get(type) ?? [];
    const entry = list.find((candidate) => candidate.callback === callback && candidate.capture === capture);
    if (!entry) return;
    entry.removed = true;
    this.#listeners.set(type, list.filter((candidate) => candidate !== entry));
  }

  dispatchEvent(event) {
    if (!(event instanceof Event)) throw new TypeError("dispatchEvent needs an Event");
    if (event[state].target !== null) throw new DOMException("The event is already being dispatched", "InvalidStateError");
    event[state].target = this;
    event[state].stopped = false;
    for (const entry of this.#listeners.get(event.type) ?? []) {
      if (entry.removed) continue;
      if (entry.once) this.removeEventListener(event.type, entry.callback, entry.capture);
      event[state].passive = entry.passive;
      try {
        if (typeof entry.callback === "function") entry.callback.call(this, event);
        else entry.callback.handleEvent(event);
      } catch (thrown) {
        reportError(thrown);
      }
      if (event[state].stopped) break;
    }
    event[state].passive = false;
    event[state].target = null;
    return !event.defaultPrevented;
  }
}

/** Gives a class an `onname` attribute: a listener that takes the place of the one before. */
export function handlerAttribute(prototype, name) {
  const slot = Symbol(`on${name}`);
  Object.defineProperty(prototype, `on${name}`, {
    configurable: true,
    enumerable: true,
    get() {
      return this[slot] ?? null;
    },
    set(handler) {
      if (this[slot]) this.removeEventListener(name, this[slot]);
      this[slot] = typeof handler === "function" ? handler : null;
      if (this[slot]) this.addEventListener(name, this[slot]);
    },
  });
}
