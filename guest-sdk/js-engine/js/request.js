// Request.
import native from "internal:native";
import { AbortController, AbortSignal } from "internal:abort";
import { CONTENT, HOST_BODY, STREAM, copy, extract, installBody, move, take } from "internal:body";
import { adopt, cloneList, immutable, listHas, listOf, toList } from "internal:headers";
import { HostBody } from "internal:host-body";
import { URL } from "internal:url";

// After the body's items of the state:
const METHOD = 3;
const ADDRESS = 4;
const HEADERS = 5;
const SIGNAL = 6;
const REDIRECT = 7;
/** Those of INERT that were given; absent when there are none. */
const GIVEN = 8;

// Members of an init that are kept and mean nothing here: there is no cache, no cookie jar, no page. The default of
// each; where it is one of a list of words, it is the first.
const INERT = {
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
  credentials: ["same-origin", "omit", "include"],
  integrity: "",
  keepalive: false,
  mode: ["cors", "no-cors", "same-origin"],
  referrer: "about:client",
  referrerPolicy: ["", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"],
};
const INERT_NAMES = Object.keys(INERT);

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

/** The same request as the app gets it from the host: its headers cannot be changed. */
export function asIncoming(request) {
  immutable(listOf(request.headers));
  return request;
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

/** Those of INERT that an init gives, over those that another request was given. */
function givenOf(init, before) {
  let given = before;
  for (const name of INERT_NAMES) {
    const value = init[name];
    if (value === undefined) continue;
    const known = INERT[name];
    if (Array.isArray(known) && !known.includes(`${value}`)) {
      throw new TypeError(`${name} is one of ${known.map((word) => JSON.stringify(word)).join(", ")}; it is ${JSON.stringify(`${value}`)}`);
    }
    given = { ...given, [name]: typeof known === "boolean" ? Boolean(value) : `${value}` };
  }
  return given;
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
    const hasBody = init?.body !== undefined && init.body !== null;
    const inherited = from && init?.body === undefined && from[CONTENT] !== null;
    if ((hasBody || inherited) && (method === "GET" || method === "HEAD")) {
      throw new TypeError(`a request with the method ${method} cannot have a body`);
    }
    const redirect = init?.redirect === undefined ? (from?.[REDIRECT] ?? "follow") : `${init.redirect}`;
    if (!REDIRECTS.has(redirect)) throw new TypeError(`redirect is one of follow, error and manual; it is ${JSON.stringify(redirect)}`);
    const signal = init?.signal === undefined ? (from?.[SIGNAL] ?? null) : init.signal;
    if (signal && !(signal instanceof AbortSignal)) throw new TypeError("signal is not an AbortSignal");
    const given = init ? givenOf(init, from?.[GIVEN]) : from?.[GIVEN];
    const url = from ? from[ADDRESS] : addressOf(input);
    // Last of what can fail: it takes the body of the first request.
    const [content, type, stream] = hasBody ? extract(init.body) : [inherited ? move(from) : null, null, null];
    const headers = toList(init?.headers ?? (from ? input.headers : undefined));
    if (type !== null && !listHas(headers, "content-type")) headers.push("content-type", type);
    this.#state = [content, false, stream, method, url, adopt(headers), signal, redirect, given];
  }

  get method() {
    return this.#state[METHOD];
  }
  get url() {
    return this.#state[ADDRESS];
  }
  get headers() {
    return (this.#state[HEADERS] ??= adopt(immutable(native.requestHeaders())));
  }
  get signal() {
    return (this.#state[SIGNAL] ??= new AbortController().signal);
  }
  get redirect() {
    return this.#state[REDIRECT];
  }
  get destination() {
    return "";
  }
  get duplex() {
    return "half";
  }

  clone() {
    const state = this.#state.slice();
    state[CONTENT] = copy(this.#state);
    state[STREAM] = null;
    state[HEADERS] = adopt(cloneList(listOf(this.headers)));
    return new Request(STATE, state);
  }
}
for (const name of INERT_NAMES) {
  const known = INERT[name];
  const usual = Array.isArray(known) ? known[0] : known;
  const get = function () {
    return stateOf(this)[GIVEN]?.[name] ?? usual;
  };
  Object.defineProperty(Request.prototype, name, { get, configurable: true });
}
installBody(Request.prototype, (request) => stateOf(request));
