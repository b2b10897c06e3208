// ErrorEvent, PromiseRejectionEvent and MessageEvent: events that carry something.
import { Event } from "internal:events";

export class ErrorEvent extends Event {
  #init;
  constructor(type, init = {}) {
    super(type, init);
    this.#init = { message: `${init?.message ?? ""}`, filename: `${init?.filename ?? ""}`, lineno: init?.lineno >>> 0, colno: init?.colno >>> 0, error: init?.error };
  }
  get message() {
    return this.#init.message;
  }
  get filename() {
    return this.#init.filename;
  }
  get lineno() {
    return this.#init.lineno;
  }
  get colno() {
    return this.#init.colno;
  }
  get error() {
    return this.#init.error;
  }
}

export class PromiseRejectionEvent extends Event {
  #promise;
  #reason;
  constructor(type, init) {
    super(type, init);
    if (typeof init?.promise !== "object") throw new TypeError("PromiseRejectionEvent needs a promise");
    this.#promise = init.promise;
    this.#reason = init.reason;
  }
  get promise() {
    return this.#promise;
  }
  get reason() {
    return this.#reason;
  }
}

export class MessageEvent extends Event {
  #init;
  constructor(type, init = {}) {
    super(type, init);
    const ports = Object.freeze([...(init?.ports ?? [])]);
    this.#init = { data: init?.data ?? null, origin: `${init?.origin ?? ""}`, lastEventId: `${init?.lastEventId ?? ""}`, source: init?.source ?? null, ports };
  }
  get data() {
    return this.#init.data;
  }
  get origin() {
    return this.#init.origin;
  }
  get lastEventId() {
    return this.#init.lastEventId;
  }
  get source() {
    return this.#init.source;
  }
  get ports() {
    return this.#init.ports;
  }
  initMessageEvent(type, bubbles, cancelable, data = null, origin = "", lastEventId = "", source = null, ports = []) {
    if (this.currentTarget !== null) return;
    this.initEvent(type, bubbles, cancelable);
    this.#init = { data, origin: `${origin}`, lastEventId: `${lastEventId}`, source, ports: Object.freeze([...ports]) };
  }
}
