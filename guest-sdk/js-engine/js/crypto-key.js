// CryptoKey: bytes that only crypto.subtle sees, with what they may be used for.

/** Makes a key. */
export let makeKey;
/** The bytes of a key, as its algorithm keeps them. */
export let secretOf;

const MAKE = Symbol("make a key");
// In the order in which `usages` lists them.
const USAGES = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];

export class CryptoKey {
  #slots;

  static {
    makeKey = (type, extractable, algorithm, usages, secret) => new CryptoKey(MAKE, { type, extractable, algorithm, usages, secret });
    secretOf = (key) => key.#slots.secret;
  }

  constructor(token, slots) {
    if (token !== MAKE) throw new TypeError("CryptoKey cannot be constructed; use crypto.subtle");
    this.#slots = slots;
  }
  get type() {
    return this.#slots.type;
  }
  get extractable() {
    return this.#slots.extractable;
  }
  get algorithm() {
    return this.#slots.algorithm;
  }
  get usages() {
    return this.#slots.usages;
  }
}

export function fail(name, message) {
  throw new DOMException(message, name);
}

/** The usages that were asked for, without repetition; all of them must be among the allowed. */
export function checkUsages(usages, allowed, what) {
  const asked = [...usages];
  for (const usage of asked) {
    if (!USAGES.includes(usage)) throw new TypeError(`${JSON.stringify(usage)} is no usage of a key`);
    if (!allowed.includes(usage)) fail("SyntaxError", `a ${what} key cannot be used to ${usage}; it can be used to ${allowed.join(", ")}`);
  }
  return USAGES.filter((usage) => asked.includes(usage));
}

/** The same for a secret or private key, which must be good for something. */
export function someUsages(usages, allowed, what) {
  const checked = checkUsages(usages, allowed, what);
  if (checked.length === 0) fail("SyntaxError", `a ${what} key needs a usage: ${allowed.join(", ")}`);
  return checked;
}

const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];

/** The normal name of a hash that is given as a string or as an object with a name. */
export function hashName(hash) {
  const name = `${(typeof hash === "object" && hash !== null ? hash.name : hash) ?? ""}`.toUpperCase();
  if (!HASHES.includes(name)) fail("NotSupportedError", `the hash ${JSON.stringify(name)} is not there; ${HASHES.join(", ")} are`);
  return name;
}

export function toBase64Url(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes of a member of a JSON Web Key. */
export function fromBase64Url(text, member) {
  if (typeof text !== "string" || !/^[\w-]*$/.test(text) || text.length % 4 === 1) {
    fail("DataError", `the member ${member} of the JSON Web Key is not base64url`);
  }
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

/** Refuses a JSON Web Key that says it is for something else. */
export function checkJwk(jwk, wanted, extractable, usages) {
  if (typeof jwk !== "object" || jwk === null) throw new TypeError("a JSON Web Key is an object");
  for (const [member, value] of Object.entries(wanted)) {
    if (value !== undefined && jwk[member] !== value) fail("DataError", `the member ${member} of the JSON Web Key is ${JSON.stringify(jwk[member])}; it must be ${JSON.stringify(value)}`);
  }
  if (jwk.ext === false && extractable) fail("DataError", "the JSON Web Key says that it is not extractable");
  if (Array.isArray(jwk.key_ops) && usages.some((usage) => !jwk.key_ops.includes(usage))) {
    fail("DataError", `the JSON Web Key allows ${jwk.key_ops.join(", ")}, which is not all of ${usages.join(", ")}`);
  }
}

export function unknownFormat(format, what, known) {
  fail("NotSupportedError", `a ${what} key has no format ${JSON.stringify(`${format}`)} here; it has ${known}`);
}
