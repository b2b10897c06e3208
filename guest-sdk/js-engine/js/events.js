// Event, CustomEvent and EventTarget: dispatch without a tree, since there is no document.

const state = Symbol("event state");
// Type to listeners. A symbol and no private field, since the global object is a target too, and was not
// made by this constructor.
const listeners = Symbol("listeners");

export class Event {
  constructor(type, init = {}) {
    if (arguments.length === 0) throw new TypeError("Event needs a type");
    this[state] = { type: `${type}`, target: null, current: null, canceled: false, stopped: false, done: false, passive: false };
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
    return this[state].current;
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
  set returnValue(value) {
    if (!value) this.preventDefault();
  }
  get timeStamp() {
    return this[state].timeStamp;
  }
  get eventPhase() {
    return this[state].current ? 2 : 0;
  }
  get isTrusted() {
    return false;
  }
  preventDefault() {
    if (this[state].cancelable && !this[state].passive) this[state].canceled = true;
  }
  /** Without a tree there is nowhere to go on to. */
  stopPropagation() {
    this[state].stopped = true;
  }
  get cancelBubble() {
    return this[state].stopped;
  }
  set cancelBubble(value) {
    if (value) this.stopPropagation();
  }
  stopImmediatePropagation() {
    this[state].stopped = this[state].done = true;
  }
  composedPath() {
    return this[state].current ? [this[state].current] : [];
  }
  initEvent(type, bubbles = false, cancelable = false) {
    if (this[state].current !== null) return;
    Object.assign(this[state], { type: `${type}`, target: null, bubbles: Boolean(bubbles), cancelable: Boolean(cancelable), canceled: false, stopped: false, done: false });
  }
}
for (const [phase, value] of Object.entries({ NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 })) {
  for (const place of [Event, Event.prototype]) Object.defineProperty(place, phase, { value, enumerable: true });
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
  initCustomEvent(type, bubbles, cancelable, detail = null) {
    if (this.currentTarget !== null) return;
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}

/** What a method was called on: the global object's may be called without one. */
function targetOf(self) {
  const target = self ?? globalThis;
  if (!(target instanceof EventTarget)) throw new TypeError("this is not an EventTarget");
  return target;
}

export class EventTarget {
  addEventListener(type, callback, options = {}) {
    const target = targetOf(this);
    if (callback === null || callback === undefined) return;
    if (typeof callback !== "function" && typeof callback !== "object") throw new TypeError("addEventListener needs a function, or an object with handleEvent");
    type = `${type}`;
    const capture = typeof options === "boolean" ? options : Boolean(options?.capture);
    const { once = false, passive = false, signal } = typeof options === "object" && options !== null ? options : {};
    if (signal?.aborted) return;
    const known = listenersOf(target);
    const list = known.get(type) ?? [];
    if (list.some((entry) => entry.callback === callback && entry.capture === capture)) return;
    // A new list: a dispatch that is under way goes on over the old one.
    known.set(type, [...list, { callback, capture, once, passive, removed: false }]);
    signal?.addEventListener("abort", () => target.removeEventListener(type, callback, capture), { once: true });
  }

  removeEventListener(type, callback, options = {}) {
    const known = listenersOf(targetOf(this));
    type = `${type}`;
    const capture = typeof options === "boolean" ? options : Boolean(options?.capture);
    const list = known.get(type) ?? [];
    const entry = list.find((candidate) => candidate.callback === callback && candidate.capture === capture);
    if (!entry) return;
    entry.removed = true;
    known.set(type, list.filter((candidate) => candidate !== entry));
  }

  dispatchEvent(event) {
    const target = targetOf(this);
    if (!(event instanceof Event)) throw new TypeError("dispatchEvent needs an Event");
    if (event[state].current !== null) throw new DOMException("The event is already being dispatched", "InvalidStateError");
    event[state].target = target;
    event[state].current = target;
    const entries = event[state].stopped ? [] : (target[listeners]?.get(event.type) ?? []);
    for (const entry of entries) {
      if (entry.removed) continue;
      if (entry.once) target.removeEventListener(event.type, entry.callback, entry.capture);
      event[state].passive = entry.passive;
      try {
        if (typeof entry.callback === "function") entry.callback.call(target, event);
        else entry.callback.handleEvent(event);
      } catch (thrown) {
        reportError(thrown);
      }
      if (event[state].done) break;
    }
    Object.assign(event[state], { current: null, stopped: false, done: false, passive: false });
    return !event.defaultPrevented;
  }
}

function listenersOf(target) {
  if (!target[listeners]) Object.defineProperty(target, listeners, { value: new Map() });
  return target[listeners];
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
