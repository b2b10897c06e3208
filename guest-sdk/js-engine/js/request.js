// Request.
import native from "internal:native";
import { AbortController, AbortSignal } from "internal:abort";
import { CONTENT, HOST_BODY, copy, extract, installBody, take } from "internal:body";
import { Headers, adopt, listHas, toList } from "internal:headers";
import { URL } from "internal:url";

// After the body's items of the state:
const METHOD = 3;
const ADDRESS = 4;
const HEADERS = 5;
const SIGNAL = 6;
const REDIRECT = 7;

// For the constructor: the state is made already.
const STATE = Symbol("the state");
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const UPPER = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);
const FORBIDDEN = new Set(["CONNECT", "TRACE", "TRACK"]);

/** The request that the host holds. Its headers and body are taken over when they are first asked for. */
export function requestFromHost(method, url, withBody) {
  return new Request(STATE, [withBody ? HOST_BODY : null, false, null, method, url, null, null, "follow"]);
}

let stateOf;

function normalMethod(method) {
  method = `${method}`;
  const upper = method.toUpperCase();
  if (UPPER.has(upper)) return upper;
  if (!TOKEN.test(method)) throw new TypeError(`${JSON.stringify(method)} is not an HTTP method`);
  if (FORBIDDEN.has(upper)) throw new TypeError(`the method ${upper} is not allowed`);
  return method;
}

export class Request {
  #state;

  static {
    stateOf = (request) => request.#state;
  }

  constructor(input, init) {
    if (input === STATE) {
      this.#state = init;
      return;
    }
    const from = typeof input === "object" && input !== null && #state in input ? input.#state : null;
    const method = init?.method !== undefined ? normalMethod(init.method) : (from?.[METHOD] ?? "GET");
    const given = init?.body !== undefined && init.body !== null;
    const inherited = from && init?.body === undefined && from[CONTENT] !== null;
    if ((given || inherited) && (method === "GET" || method === "HEAD")) {
      throw new TypeError(`a request with the method ${method} cannot have a body`);
    }
    let [content, type] = given ? extract(init.body) : [null, null];
    if (inherited) {
      content = copy(from);
      // The first request's body now belongs to the new one.
      take(from);
    }
    const headers = toList(init?.headers ?? (from ? input.headers : undefined));
    if (type !== null && !listHas(headers, "content-type")) headers.push("content-type", type);
    const signal = init?.signal ?? from?.[SIGNAL] ?? null;
    if (signal && !(signal instanceof AbortSignal)) throw new TypeError("signal is not an AbortSignal");
    const url = from ? from[ADDRESS] : new URL(input).href;
    this.#state = [content, false, null, method, url, adopt(headers), signal, init?.redirect ?? from?.[REDIRECT] ?? "follow"];
  }

  get method() {
    return this.#state[METHOD];
  }
  get url() {
    return this.#state[ADDRESS];
  }
  get headers() {
    return (this.#state[HEADERS] ??= adopt(native.requestHeaders()));
  }
  get signal() {
    return (this.#state[SIGNAL] ??= new AbortController().signal);
  }
  get redirect() {
    return this.#state[REDIRECT];
  }
  get mode() {
    return "cors";
  }
  get credentials() {
    return "same-origin";
  }
  get cache() {
    return "default";
  }
  get destination() {
    return "";
  }
  get referrer() {
    return "about:client";
  }
  get integrity() {
    return "";
  }
  get keepalive() {
    return false;
  }
  get duplex() {
    return "half";
  }

  clone() {
    const state = this.#state.slice();
    state[CONTENT] = copy(this.#state);
    state[HEADERS] = new Headers(this.headers);
    return new Request(STATE, state);
  }
}
installBody(Request.prototype, (request) => stateOf(request));
