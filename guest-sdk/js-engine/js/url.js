// URL: parsing and setters are the Rust `url` crate's; the getters cut the serialisation at its marks.
import native from "internal:native";
import { URLSearchParams, bindToUrl, refresh } from "internal:search-params";

// What native.urlParse answers: the serialisation, and where its parts begin and end.
const HREF = 0;
const AFTER_SCHEME = 1;
const BEFORE_USERNAME = 2;
const AFTER_USERNAME = 3;
const BEFORE_PASSWORD = 4;
const AFTER_PASSWORD = 5;
const BEFORE_HOST = 6;
const AFTER_HOST = 7;
const BEFORE_PORT = 8;
const AFTER_PORT = 9;
const BEFORE_PATH = 10;
const AFTER_PATH = 11;
const AFTER_QUERY = 12;
const SPECIAL_ORIGIN = new Set(["http:", "https:", "ws:", "wss:", "ftp:"]);

export class URL {
  #parts;
  #params = null;

  constructor(url, base) {
    const parts = native.urlParse(`${url}`, base === undefined ? undefined : `${base}`);
    if (parts === undefined) throw new TypeError(`Invalid URL: ${JSON.stringify(`${url}`)}`);
    this.#parts = parts;
  }

  static canParse(url, base) {
    return native.urlParse(`${url}`, base === undefined ? undefined : `${base}`) !== undefined;
  }

  static parse(url, base) {
    return URL.canParse(url, base) ? new URL(url, base) : null;
  }

  #cut(from, to) {
    const parts = this.#parts;
    return parts[HREF].slice(parts[from], parts[to]);
  }

  #set(part, value) {
    const parts = native.urlSet(this.#parts[HREF], part, `${value}`);
    if (parts === undefined) return;
    this.#parts = parts;
    if (this.#params && (part === "search" || part === "href")) refresh(this.#params, this.search);
  }

  get href() {
    return this.#parts[HREF];
  }
  set href(value) {
    const parts = native.urlParse(`${value}`, undefined);
    if (parts === undefined) throw new TypeError(`Invalid URL: ${JSON.stringify(`${value}`)}`);
    this.#parts = parts;
    if (this.#params) refresh(this.#params, this.search);
  }
  get origin() {
    const protocol = this.protocol;
    if (SPECIAL_ORIGIN.has(protocol)) return `${protocol}//${this.host}`;
    if (protocol === "blob:") {
      const inner = URL.parse(this.pathname);
      if (inner && (inner.protocol === "http:" || inner.protocol === "https:")) return inner.origin;
    }
    return "null";
  }
  get protocol() {
    return this.#parts[HREF].slice(0, this.#parts[AFTER_SCHEME] + 1);
  }
  set protocol(value) {
    this.#set("protocol", value);
  }
  get username() {
    return this.#cut(BEFORE_USERNAME, AFTER_USERNAME);
  }
  set username(value) {
    this.#set("username", value);
  }
  get password() {
    return this.#cut(BEFORE_PASSWORD, AFTER_PASSWORD);
  }
  set password(value) {
    this.#set("password", value);
  }
  get host() {
    return this.#cut(BEFORE_HOST, AFTER_PORT);
  }
  set host(value) {
    this.#set("host", value);
  }
  get hostname() {
    return this.#cut(BEFORE_HOST, AFTER_HOST);
  }
  set hostname(value) {
    this.#set("hostname", value);
  }
  get port() {
    return this.#cut(BEFORE_PORT, AFTER_PORT);
  }
  set port(value) {
    this.#set("port", value);
  }
  get pathname() {
    return this.#cut(BEFORE_PATH, AFTER_PATH);
  }
  set pathname(value) {
    this.#set("pathname", value);
  }
  get search() {
    const search = this.#cut(AFTER_PATH, AFTER_QUERY);
    return search.length > 1 ? search : "";
  }
  set search(value) {
    this.#set("search", value);
  }
  get hash() {
    const hash = this.#parts[HREF].slice(this.#parts[AFTER_QUERY]);
    return hash.length > 1 ? hash : "";
  }
  set hash(value) {
    this.#set("hash", value);
  }
  get searchParams() {
    this.#params ??= bindToUrl(new URLSearchParams(this.search), (text) => {
      const parts = native.urlSet(this.#parts[HREF], "search", text);
      if (parts !== undefined) this.#parts = parts;
    });
    return this.#params;
  }
  toString() {
    return this.href;
  }
  toJSON() {
    return this.href;
  }
}
