// Conversions that the web's interfaces share ("Web IDL").

/** A USVString: a string without lone surrogates. */
export function usv(value) {
  const text = typeof value === "string" ? value : `${value}`;
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** Whether a value is a BufferSource. */
export function isBufferSource(value) {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** A Uint8Array over the same bytes. */
export function bytesOf(source) {
  if (source instanceof Uint8Array) return source;
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(source);
}

/** Iterating over an object of a class is iterating over its entries: by the same function, as Web IDL asks. */
export function iterateEntries(Class) {
  const { entries } = Class.prototype;
  Object.defineProperty(Class.prototype, Symbol.iterator, { value: entries, writable: true, configurable: true });
}

/** Puts interfaces and functions on the global object, with the names and enumerable members that Web IDL asks for. */
export function expose(globals) {
  for (const [name, value] of Object.entries(globals)) {
    const isInterface = /^[A-Z]/.test(name);
    if (isInterface) {
      enumerate(value);
      enumerate(value.prototype);
      Object.defineProperty(value.prototype, Symbol.toStringTag, { value: name, configurable: true });
    }
    Object.defineProperty(globalThis, name, { value, enumerable: !isInterface, writable: true, configurable: true });
  }
}

function enumerate(holder) {
  for (const [name, { configurable }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
    // `name` and `length` of a function stay hidden.
    const own = typeof holder !== "function" || !Object.hasOwn(Function.prototype, name);
    if (configurable && own && name !== "constructor") Object.defineProperty(holder, name, { enumerable: true });
  }
}
