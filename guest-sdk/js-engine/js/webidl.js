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

/** Gives classes the names and enumerable members that Web IDL asks for. */
export function expose(interfaces) {
  for (const [name, value] of Object.entries(interfaces)) {
    if (typeof value === "function" && value.prototype) {
      Object.defineProperty(value.prototype, Symbol.toStringTag, { value: name, configurable: true });
    }
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
