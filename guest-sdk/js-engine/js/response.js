// Response.
import native from "internal:native";
import { CONTENT, STREAM, USED, copy, extract, installBody, isWhole, pump, take, takeWhole } from "internal:body";
import { adopt, cloneList, immutable, listHas, listOf, toList } from "internal:headers";
import { HostSink } from "internal:host-body";
import { URL } from "internal:url";
import { toJson } from "internal:json";
import { usv } from "internal:webidl";

// After the body's items of the state:
const STATUS = 3;
const STATUS_TEXT = 4;
/** The headers as a list, until somebody asks for an object. */
const LIST = 5;
const HEADERS = 6;
/** [url, redirected] of an answer to `fetch`. */
const ORIGIN = 7;

const STATE = Symbol("the state");
const NULL_BODY = new Set([101, 204, 205, 304]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const REASON_PHRASE = /^[\t\x20-\x7e\x80-\xff]*$/;

let stateOf;
let stateIn;

/** The state of a response with a known type and nothing else. */
const plainState = (content, type) => [content, false, null, 200, "", ["content-type", type], null, null];

/** Whether something can be sent as a response. */
export function isSendable(value) {
  const state = stateIn(value);
  return state !== null && state[STATUS] !== 0;
}

/** Whether a response can be handed over in one piece. */
export function isWholeResponse(response) {
  return isWhole(stateOf(response));
}

/** Hands over to the host what is a response that can be handed over in one piece. Answers whether it is. */
export function sendIfWhole(value) {
  const state = stateIn(value);
  if (state === null || state[STATUS] === 0 || !isWhole(state)) return false;
  const list = state[HEADERS] === null ? state[LIST] : listOf(state[HEADERS]);
  const content = state[CONTENT];
  if (typeof content === "string" && !state[USED] && state[STREAM] === null) {
    // Nearly every response: without a detour.
    state[USED] = true;
    native.respond(state[STATUS], list, content);
  } else {
    native.respond(state[STATUS], list, takeWhole(state));
  }
  return true;
}

/** Sends any response, head first. Settles when the host has all of it. */
export async function sendPiecemeal(response) {
  const state = stateOf(response);
  const content = take(state);
  await pump(content, new HostSink(native.startResponse(state[STATUS], currentList(state))));
}

/** The answer to `fetch`: its head, and its body of any kind. */
export function responseFrom([status, url, redirected, list], content) {
  return new Response(STATE, [NULL_BODY.has(status) ? null : content, false, null, status, "", immutable(list), null, [url, redirected]]);
}

function currentList(state) {
  return state[HEADERS] === null ? state[LIST] : listOf(state[HEADERS]);
}

/** The status that was asked for, checked. */
function statusOf(init) {
  if (init === undefined || init === null || init.status === undefined) return 200;
  const status = Math.trunc(Number(init.status));
  if (!(status >= 200 && status <= 599)) throw new RangeError(`a response's status must be from 200 to 599; it is ${init.status}`);
  return status;
}

/** The state of a response whose content type is known. */
function makeState(content, type, stream, init) {
  const status = statusOf(init);
  if (content !== null && NULL_BODY.has(status)) throw new TypeError(`a response with status ${status} cannot have a body`);
  const text = init?.statusText === undefined ? "" : `${init.statusText}`;
  if (text !== "" && !REASON_PHRASE.test(text)) throw new TypeError("a response's statusText has no line breaks and no characters above U+00FF");
  const list = toList(init?.headers);
  if (type !== null && !listHas(list, "content-type")) list.push("content-type", type);
  return [content, false, stream, status, text, list, null, null];
}

export class Response {
  #state;

  static {
    stateOf = (response) => response.#state;
    stateIn = (value) => (typeof value === "object" && value !== null && #state in value ? value.#state : null);
  }

  constructor(body, init) {
    if (body === STATE) {
      this.#state = init;
    } else if (typeof body === "string") {
      this.#state = init === undefined ? plainState(body, "text/plain;charset=UTF-8") : makeState(body, "text/plain;charset=UTF-8", null, init);
    } else {
      const [content, type, stream] = extract(body);
      this.#state = makeState(content, type, stream, init);
    }
  }

  get status() {
    return this.#state[STATUS];
  }
  get ok() {
    const status = this.#state[STATUS];
    return status >= 200 && status <= 299;
  }
  get statusText() {
    return this.#state[STATUS_TEXT];
  }
  get headers() {
    return (this.#state[HEADERS] ??= adopt(this.#state[LIST]));
  }
  get type() {
    return this.#state[STATUS] === 0 ? "error" : this.#state[ORIGIN] === null ? "default" : "basic";
  }
  get url() {
    return this.#state[ORIGIN]?.[0] ?? "";
  }
  get redirected() {
    return this.#state[ORIGIN]?.[1] ?? false;
  }

  clone() {
    const state = this.#state.slice();
    state[CONTENT] = copy(this.#state);
    state[STREAM] = null;
    state[LIST] = cloneList(currentList(this.#state));
    state[HEADERS] = null;
    return new Response(STATE, state);
  }

  static json(data, init) {
    const text = toJson(data);
    if (text === undefined) throw new TypeError("Response.json: the value has no JSON form");
    return new Response(STATE, init === undefined ? plainState(text, "application/json") : makeState(text, "application/json", null, init));
  }
  static redirect(url, status = 302) {
    if (!REDIRECTS.has(status)) throw new RangeError(`a redirect's status is one of 301, 302, 303, 307 and 308; it is ${status}`);
    const text = usv(url);
    // A relative address stays as it is: there is no page whose address it could be resolved against.
    const location = URL.canParse(text) ? new URL(text).href : text;
    return new Response(STATE, [null, false, null, status, "", immutable(["location", location]), null, null]);
  }
  static error() {
    return new Response(STATE, [null, false, null, 0, "", immutable([]), null, null]);
  }
}
installBody(Response.prototype, (response) => stateOf(response));
