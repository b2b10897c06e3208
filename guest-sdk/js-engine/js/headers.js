// Headers: a flat list of lower-case names and values, as they cross to and from the host.
import native from "internal:native";
import { iterateEntries } from "internal:webidl";

/** The list behind a Headers object: [name, value, name, value, …]. */
export let listOf;
/** The same for any value: null when it is no Headers object. */
let listIn;

// On a list that must stay as it is: that of a request to the app, and of an answer to `fetch` (the Fetch standard's
// guard "immutable"). No field of Headers, since every object would pay for it.
const IMMUTABLE = Symbol("immutable");

// Names as they are usually written: no call into Rust for them.
const COMMON = [
  "Accept", "Accept-Encoding", "Accept-Language", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
  "Access-Control-Allow-Origin", "Authorization", "Cache-Control", "Content-Length", "Content-Type", "Cookie",
  "Date", "ETag", "Host", "If-None-Match", "Last-Modified", "Location", "Origin", "Referer", "Set-Cookie",
  "User-Agent", "Vary", "X-Forwarded-For", "X-Request-Id", "X-Requested-With",
];
const NAMES = new Map(COMMON.flatMap((name) => [[name, name.toLowerCase()], [name.toLowerCase(), name.toLowerCase()]]));
NAMES.set("Content-type", "content-type");

/** Values that are normal as they are written. */
const COMMON_VALUES = new Set([
  "application/json", "application/json; charset=UTF-8", "application/json; charset=utf-8",
  "text/plain", "text/plain;charset=UTF-8", "text/plain; charset=UTF-8", "text/plain; charset=utf-8",
  "text/html", "text/html;charset=UTF-8", "text/html; charset=UTF-8", "text/html; charset=utf-8",
  "no-cache", "no-store", "*",
]);

// For the constructor: the list is normal already.
const ADOPT = Symbol("adopt the list");

function normalName(name) {
  return NAMES.get(name) ?? native.headerName(`${name}`);
}

function normalValue(value) {
  if (COMMON_VALUES.has(value)) return value;
  return native.headerValue(typeof value === "string" ? value : `${value}`);
}

/** Where a name is in a list, at `from` or later; -1 when it is not. */
function place(list, name, from) {
  let at = list.indexOf(name, from);
  // A hit at an odd place is a value.
  while (at % 2 === 1) at = list.indexOf(name, at + 1);
  return at;
}

/** Makes Headers over a list that is already normal. */
export function adopt(list) {
  return new Headers(ADOPT, list);
}

/** The same list, which nobody changes from now on. */
export function immutable(list) {
  list[IMMUTABLE] = true;
  return list;
}

/** The list for a clone: what must not change needs no copy. */
export function cloneList(list) {
  return list[IMMUTABLE] ? list : list.slice();
}

function mutable(list) {
  if (list[IMMUTABLE]) {
    throw new TypeError("the headers of a request to the app, of an answer to fetch and of a redirect cannot be changed; change those of a copy: new Response(response.body, response), new Request(request) or new Headers(headers)");
  }
  return list;
}

/** The list of what is given as headers to a Request or Response; the caller's own. */
export function toList(init) {
  if (init === undefined || init === null) return [];
  if (typeof init !== "object") return listOf(new Headers(init));
  const theirs = listIn(init);
  if (theirs !== null) return theirs.slice();
  if (Symbol.iterator in init) return listOf(new Headers(init));
  const list = [];
  for (const name of Object.keys(init)) list.push(normalName(name), normalValue(init[name]));
  return list;
}

export function listHas(list, name) {
  return place(list, name, 0) >= 0;
}

export class Headers {
  #list;

  static {
    listOf = (headers) => headers.#list;
    listIn = (value) => (#list in value ? value.#list : null);
  }

  constructor(init, list) {
    if (init === ADOPT) {
      this.#list = list;
      return;
    }
    this.#list = [];
    if (init === undefined || init === null) return;
    if (typeof init !== "object") throw new TypeError("Headers needs an object, a list of pairs or Headers");
    if (#list in init) {
      this.#list = init.#list.slice();
    } else if (typeof init[Symbol.iterator] === "function") {
      for (const pair of init) {
        const items = [...pair];
        if (items.length !== 2) throw new TypeError("Headers: every pair needs a name and a value");
        this.append(items[0], items[1]);
      }
    } else {
      for (const name of Object.keys(init)) this.append(name, init[name]);
    }
  }

  append(name, value) {
    name = normalName(name);
    value = normalValue(value);
    mutable(this.#list).push(name, value);
  }
  set(name, value) {
    name = normalName(name);
    value = normalValue(value);
    const list = mutable(this.#list);
    const at = place(list, name, 0);
    if (at < 0) {
      list.push(name, value);
    } else {
      list[at + 1] = value;
      this.#remove(name, at + 2);
    }
  }
  get(name) {
    name = normalName(name);
    const list = this.#list;
    let at = place(list, name, 0);
    if (at < 0) return null;
    let found = list[at + 1];
    while ((at = place(list, name, at + 2)) >= 0) found += `, ${list[at + 1]}`;
    return found;
  }
  getSetCookie() {
    return this.#list.filter((_, i, list) => i % 2 === 1 && list[i - 1] === "set-cookie");
  }
  has(name) {
    return place(this.#list, normalName(name), 0) >= 0;
  }
  delete(name) {
    name = normalName(name);
    mutable(this.#list);
    this.#remove(name, 0);
  }
  #remove(name, from) {
    const list = this.#list;
    for (let at = from; (at = place(list, name, at)) >= 0; ) list.splice(at, 2);
  }

  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }
  /** By name, values of one name joined; cookies stay apart. */
  *entries() {
    const names = new Set(this.#list.filter((_, i) => i % 2 === 0));
    for (const name of [...names].sort()) {
      if (name === "set-cookie") for (const value of this.getSetCookie()) yield [name, value];
      else yield [name, this.get(name)];
    }
  }
  *keys() {
    for (const [name] of this.entries()) yield name;
  }
  *values() {
    for (const [, value] of this.entries()) yield value;
  }
}
iterateEntries(Headers);
