// Request.
import native from "internal:native";
import { AbortController, AbortSignal } from "internal:abort";
import { CONTENT, HOST_BODY, STREAM, copy, extract, installBody, move, take } from "internal:body";
import { Headers, adopt, listHas, listOf, toList } from "internal:headers";
import { HostBody } from "internal:host-body";
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
const REDIRECTS = new Set(["follow", "error", "manual"]);

/** The request that the host holds. Its headers and body are taken over when they are first asked for. The body is
 *  -1 for none, -2 when the host has all of it, or the number of the stream that it comes from. */
export function requestFromHost(method, url, body) {
  const content = body === -1 ? null : body === -2 ? HOST_BODY : new HostBody(body);
  return new Request(STATE, [content, false, null, method, url, null, null, "follow"]);
}

/** What `fetch` sends: the body is taken. */
export function outgoing(request) {
  const state = stateOf(request);
  const { [METHOD]: method, [ADDRESS]: url, [SIGNAL]: signal, [REDIRECT]: redirect } = state;
  return { method, url, headers: listOf(request.headers), content: take(state), signal, redirect };
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

function addressOf(input) {
  const url = new URL(input);
  if (url.username || url.password) throw new TypeError(`the address ${url.protocol}//…@${url.host} has a user's name or password in it; send them in the header authorization`);
  return url.href;
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
    const redirect = init?.redirect === undefined ? (from?.[REDIRECT] ?? "follow") : `${init.redirect}`;
    if (!REDIRECTS.has(redirect)) throw new TypeError(`redirect is one of follow, error and manual; it is ${JSON.stringify(redirect)}`);
    const signal = init?.signal === undefined ? (from?.[SIGNAL] ?? null) : init.signal;
    if (signal && !(signal instanceof AbortSignal)) throw new TypeError("signal is not an AbortSignal");
    const url = from ? from[ADDRESS] : addressOf(input);
    // Last of what can fail: it takes the body of the first request.
    const [content, type, stream] = given ? extract(init.body) : [inherited ? move(from) : null, null, null];
    const headers = toList(init?.headers ?? (from ? input.headers : undefined));
    if (type !== null && !listHas(headers, "content-type")) headers.push("content-type", type);
    this.#state = [content, false, stream, method, url, adopt(headers), signal, redirect];
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
    state[STREAM] = null;
    state[HEADERS] = new Headers(this.headers);
    return new Request(STATE, state);
  }
}
installBody(Request.prototype, (request) => stateOf(request));
