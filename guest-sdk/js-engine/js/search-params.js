// URLSearchParams: a flat list of names and values; parsing and serialising are Rust's.
import native from "internal:native";
import { iterateEntries, usv } from "internal:webidl";

/** Ties the parameters to a URL, which hears of every change. */
export let bindToUrl;
/** Takes over the search of a URL whose own setters were used. */
export let refresh;

export class URLSearchParams {
  // [name, value, name, value, …]
  #list = [];
  #changed = null;

  static {
    bindToUrl = (params, changed) => {
      params.#changed = changed;
      return params;
    };
    refresh = (params, search) => {
      params.#list = native.formParse(search.startsWith("?") ? search.slice(1) : search);
    };
  }

  constructor(init) {
    if (init === undefined || init === null || init === "") return;
    if (typeof init === "object" || typeof init === "function") {
      if (typeof init[Symbol.iterator] === "function") {
        for (const pair of init) {
          const items = [...pair];
          if (items.length !== 2) throw new TypeError("URLSearchParams: every pair needs a name and a value");
          this.#list.push(usv(items[0]), usv(items[1]));
        }
      } else {
        for (const key of Object.keys(init)) this.#list.push(usv(key), usv(init[key]));
      }
      return;
    }
    const text = usv(init);
    this.#list = native.formParse(text.startsWith("?") ? text.slice(1) : text);
  }

  #update() {
    this.#changed?.(this.toString());
  }

  get size() {
    return this.#list.length / 2;
  }
  append(name, value) {
    this.#list.push(usv(name), usv(value));
    this.#update();
  }
  delete(name, value) {
    name = usv(name);
    if (value !== undefined) value = usv(value);
    this.#keep((n, v) => n !== name || (value !== undefined && v !== value));
    this.#update();
  }
  get(name) {
    name = usv(name);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) return list[i + 1];
    return null;
  }
  getAll(name) {
    name = usv(name);
    const list = this.#list;
    const values = [];
    for (let i = 0; i < list.length; i += 2) if (list[i] === name) values.push(list[i + 1]);
    return values;
  }
  has(name, value) {
    const values = this.getAll(name);
    return value === undefined ? values.length > 0 : values.includes(usv(value));
  }
  set(name, value) {
    name = usv(name);
    value = usv(value);
    const at = this.#list.findIndex((item, i) => i % 2 === 0 && item === name);
    if (at < 0) {
      this.#list.push(name, value);
    } else {
      this.#list[at + 1] = value;
      this.#keep((n, _, i) => n !== name || i === at);
    }
    this.#update();
  }
  sort() {
    const pairs = [...this];
    // By UTF-16 code units, and stable, as the standard asks.
    pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#list = pairs.flat();
    this.#update();
  }
  #keep(wanted) {
    const kept = [];
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (wanted(list[i], list[i + 1], i)) kept.push(list[i], list[i + 1]);
    this.#list = kept;
  }
  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }
  *entries() {
    for (let i = 0; i < this.#list.length; i += 2) yield [this.#list[i], this.#list[i + 1]];
  }
  *keys() {
    for (let i = 0; i < this.#list.length; i += 2) yield this.#list[i];
  }
  *values() {
    for (let i = 0; i < this.#list.length; i += 2) yield this.#list[i + 1];
  }
  toString() {
    return native.formSerialize(this.#list);
  }
}
iterateEntries(URLSearchParams);
