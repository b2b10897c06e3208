// Response.
import native from "internal:native";
import { CONTENT, copy, extract, installBody, take } from "internal:body";
import { adopt, listHas, listOf, toList } from "internal:headers";
import { URL } from "internal:url";
import { usv } from "internal:webidl";

// After the body's items of the state:
const STATUS = 3;
const STATUS_TEXT = 4;
/** The headers as a list, until somebody asks for an object. */
const LIST = 5;
const HEADERS = 6;

const STATE = Symbol("the state");
const NULL_BODY = new Set([101, 204, 205, 304]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

let stateOf;

/** Hands a response over to the host; a promise only when its body is a stream. */
export function sendResponse(response) {
  const state = stateOf(response);
  const content = take(state);
  const send = (body) => native.respond(state[STATUS], currentList(state), body);
  return content instanceof Promise ? content.then(send) : send(content);
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
function makeState(content, type, init) {
  const status = statusOf(init);
  if (content !== null && NULL_BODY.has(status)) throw new TypeError(`a response with status ${status} cannot have a body`);
  const list = toList(init?.headers);
  if (type !== null && !listHas(list, "content-type")) list.push("content-type", type);
  const text = init?.statusText;
  return [content, false, null, status, text === undefined ? "" : `${text}`, list, null];
}

export class Response {
  #state;

  static {
    stateOf = (response) => response.#state;
  }

  constructor(body, init) {
    if (body === STATE) {
      this.#state = init;
    } else if (typeof body === "string") {
      this.#state = makeState(body, "text/plain;charset=UTF-8", init);
    } else {
      const [content, type] = extract(body);
      this.#state = makeState(content, type, init);
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
    return this.#state[STATUS] === 0 ? "error" : "default";
  }
  get url() {
    return "";
  }
  get redirected() {
    return false;
  }

  clone() {
    const state = this.#state.slice();
    state[CONTENT] = copy(this.#state);
    state[LIST] = currentList(this.#state).slice();
    state[HEADERS] = null;
    return new Response(STATE, state);
  }

  static json(data, init) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("Response.json: the value has no JSON form");
    return new Response(STATE, makeState(text, "application/json", init));
  }
  static redirect(url, status = 302) {
    if (!REDIRECTS.has(status)) throw new RangeError(`a redirect's status is one of 301, 302, 303, 307 and 308; it is ${status}`);
    const text = usv(url);
    // A relative address stays as it is: there is no page whose address it could be resolved against.
    const location = URL.canParse(text) ? new URL(text).href : text;
    return new Response(null, { status, headers: { location } });
  }
  static error() {
    return new Response(STATE, [null, false, null, 0, "", [], null]);
  }
}
installBody(Response.prototype, (response) => stateOf(response));
