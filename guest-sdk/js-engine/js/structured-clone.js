// structuredClone: the HTML standard's StructuredSerialize and StructuredDeserialize in one walk.

import { Blob } from "internal:blob";
import { CryptoKey } from "internal:crypto-key";

const ERRORS = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

function refuse(value) {
  const what = typeof value === "function" ? `the function ${value.name || "(anonymous)"}` : typeof value === "symbol" ? String(value) : `a ${value.constructor?.name ?? "value"}`;
  throw new DOMException(`structuredClone: ${what} cannot be cloned`, "DataCloneError");
}

export function structuredClone(value, options) {
  if (arguments.length === 0) throw new TypeError("structuredClone needs a value");
  const seen = new Map();
  for (const item of options?.transfer ?? []) {
    if (!(item instanceof ArrayBuffer)) refuse(item);
    if (seen.has(item)) throw new DOMException("structuredClone: the same buffer is transferred twice", "DataCloneError");
    seen.set(item, null);
  }
  const transferred = [...seen.keys()];
  const result = new Cloner(seen).clone(value);
  // Only when everything could be cloned do the transferred buffers lose their bytes.
  for (const buffer of transferred) buffer.transfer();
  return result;
}

function copyOf(buffer) {
  if (!buffer.resizable) return buffer.slice(0);
  const copy = new ArrayBuffer(buffer.byteLength, { maxByteLength: buffer.maxByteLength });
  new Uint8Array(copy).set(new Uint8Array(buffer));
  return copy;
}

const kindOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

class Cloner {
  #seen;
  constructor(seen) {
    this.#seen = seen;
  }

  clone(value) {
    if (typeof value === "function" || typeof value === "symbol") refuse(value);
    if (typeof value !== "object" || value === null) return value;
    const done = this.#seen.get(value);
    if (done) return done;
    const [copy, fill] = this.#shell(value);
    this.#seen.set(value, copy);
    fill?.(copy);
    return copy;
  }

  /** The copy, still empty, and what fills it: a cycle finds the shell. */
  #shell(value) {
    if (Array.isArray(value)) return [new Array(value.length), (copy) => this.#members(value, copy)];
    if (value instanceof Date) return [new Date(value.getTime())];
    if (value instanceof RegExp) return [new RegExp(value.source, value.flags)];
    if (value instanceof Map) {
      const entries = [...value];
      return [new Map(), (copy) => entries.forEach(([key, item]) => copy.set(this.clone(key), this.clone(item)))];
    }
    if (value instanceof Set) {
      const items = [...value];
      return [new Set(), (copy) => items.forEach((item) => copy.add(this.clone(item)))];
    }
    if (value instanceof ArrayBuffer) {
      if (value.detached) throw new DOMException("structuredClone: the buffer is detached", "DataCloneError");
      return [copyOf(value)];
    }
    if (ArrayBuffer.isView(value)) {
      const length = value instanceof DataView ? value.byteLength : value.length;
      // By its own kind: `constructor` is a property like any other.
      const Type = value instanceof DataView ? DataView : globalThis[kindOf.call(value)];
      return [new Type(this.clone(value.buffer), value.byteOffset, length)];
    }
    // These never change, so that the copy can be the same.
    if (value instanceof Blob || value instanceof CryptoKey) return [value];
    if (value instanceof BigInt || value instanceof Boolean || value instanceof Number || value instanceof String) return [Object(value.valueOf())];
    if (value instanceof DOMException) return [new DOMException(value.message, value.name)];
    if (value instanceof Error) return [this.#error(value)];
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    const exotic = value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef;
    if (exotic || (tag !== "Object" && tag in globalThis)) refuse(value);
    return [{}, (copy) => this.#members(value, copy)];
  }

  #members(value, copy) {
    for (const key of Object.keys(value)) {
      const item = this.clone(value[key]);
      Object.defineProperty(copy, key, { value: item, writable: true, enumerable: true, configurable: true });
    }
  }

  #error(value) {
    const Type = (Object.hasOwn(ERRORS, value.name) && ERRORS[value.name]) || Error;
    const own = new Type(value.message);
    if ("cause" in value) Object.defineProperty(own, "cause", { value: this.clone(value.cause), writable: true, configurable: true });
    Object.defineProperty(own, "stack", { value: String(value.stack ?? ""), writable: true, configurable: true });
    return own;
  }
}
