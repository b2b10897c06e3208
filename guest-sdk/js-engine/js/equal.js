// Deep equality of two values, by content; cycles are equal when they have the same shape.

export function equal(a, b, above = new Map()) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (above.get(a) === b) return true;
  above.set(a, b);
  if (a instanceof Date || b instanceof Date) return a instanceof Date && b instanceof Date && Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp || b instanceof RegExp) return String(a) === String(b);
  if (a instanceof Error || b instanceof Error) return a instanceof Error && b instanceof Error && a.name === b.name && a.message === b.message;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (a instanceof Map) return b instanceof Map && a.size === b.size && equal([...a], [...b], above);
  if (a instanceof Set) return b instanceof Set && a.size === b.size && equal([...a], [...b], above);
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && a.constructor === b.constructor && equal(Array.from(a), Array.from(b), above);
  // An absent member and one that is undefined are equal, as in other test runners.
  const keys = (object) => Object.keys(object).filter((key) => object[key] !== undefined);
  const [own, other] = [keys(a), keys(b)];
  if (Array.isArray(a) && a.length !== b.length) return false;
  return own.length === other.length && own.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key], above));
}
