// crypto.subtle: names, keys and usages are checked here, in the order of the Web Cryptography standard; the
// arithmetic is Rust's. Everything is done at once: the promises are settled when they are given out.
import native from "internal:native";
import { AES_CBC, AES_CTR, AES_GCM, HKDF, HMAC, PBKDF2 } from "internal:subtle-symmetric";
import { ECDSA, ED25519, RSASSA } from "internal:subtle-asymmetric";
import { CryptoKey, fail, hashName } from "internal:crypto-key";
import { bytesOf, isBufferSource } from "internal:webidl";

const ALGORITHMS = {
  HMAC,
  "AES-GCM": AES_GCM,
  "AES-CBC": AES_CBC,
  "AES-CTR": AES_CTR,
  PBKDF2,
  HKDF,
  ECDSA,
  Ed25519: ED25519,
  "RSASSA-PKCS1-v1_5": RSASSA,
};
const NAMES = new Map(Object.keys(ALGORITHMS).map((name) => [name.toLowerCase(), name]));

/** [name, parameters, functions] of an algorithm that can do something. */
function normalize(algorithm, operation) {
  const parameters = typeof algorithm === "string" ? { name: algorithm } : algorithm;
  if (typeof parameters !== "object" || parameters === null || parameters.name === undefined) throw new TypeError("an algorithm is a name, or an object with a name");
  const name = NAMES.get(`${parameters.name}`.toLowerCase());
  if (name === undefined || !ALGORITHMS[name][operation]) {
    const able = Object.keys(ALGORITHMS).filter((other) => ALGORITHMS[other][operation]);
    fail("NotSupportedError", `${operation} is not there for ${JSON.stringify(`${parameters.name}`)}; it is for ${able.join(", ")}`);
  }
  return [name, parameters, ALGORITHMS[name]];
}

/** Bytes of an argument, as they are now. */
function bytes(data, what) {
  if (!isBufferSource(data)) throw new TypeError(`${what} must be an ArrayBuffer or a view of one`);
  return bytesOf(data);
}

function checkKey(key, name, usage) {
  if (!(key instanceof CryptoKey)) throw new TypeError("this is no CryptoKey");
  if (name !== undefined && key.algorithm.name !== name) fail("InvalidAccessError", `the key is for ${key.algorithm.name}, not for ${name}`);
  if (usage !== undefined && !key.usages.includes(usage)) {
    const may = key.usages.length > 0 ? `may ${key.usages.join(", ")}` : "may do nothing";
    fail("InvalidAccessError", `the key must not be used to ${usage}: it ${may}`);
  }
}

function importKey(format, data, algorithm, extractable, usages) {
  const [, parameters, functions] = normalize(algorithm, "importKey");
  return functions.importKey(format, data, parameters, Boolean(extractable), [...usages]);
}

function exportKey(format, key) {
  checkKey(key);
  const { exportKey } = ALGORITHMS[key.algorithm.name];
  if (!exportKey) fail("NotSupportedError", `keys for ${key.algorithm.name} cannot be exported`);
  if (!key.extractable) fail("InvalidAccessError", "the key is not extractable");
  return exportKey(format, key);
}

function deriveBits(usage, algorithm, key, length) {
  const [name, parameters, functions] = normalize(algorithm, "deriveBits");
  checkKey(key, name, usage);
  if (length === null || length === undefined) fail("OperationError", `${name}: a length in bits is needed`);
  return functions.deriveBits(parameters, key, Number(length));
}

const MAKE = Symbol("make the one object");

export class SubtleCrypto {
  constructor(token) {
    if (token !== MAKE) throw new TypeError("SubtleCrypto cannot be constructed; use crypto.subtle");
  }
  async digest(algorithm, data) {
    return native.digest(hashName(algorithm), bytes(data, "the data")).buffer;
  }
  async generateKey(algorithm, extractable, usages) {
    const [, parameters, functions] = normalize(algorithm, "generateKey");
    return functions.generateKey(parameters, Boolean(extractable), [...usages]);
  }
  async importKey(format, data, algorithm, extractable, usages) {
    return importKey(`${format}`, data, algorithm, extractable, usages);
  }
  async exportKey(format, key) {
    return exportKey(`${format}`, key);
  }
  async sign(algorithm, key, data) {
    const [name, parameters, functions] = normalize(algorithm, "sign");
    const content = bytes(data, "the data");
    checkKey(key, name, "sign");
    return functions.sign(parameters, key, content);
  }
  async verify(algorithm, key, signature, data) {
    const [name, parameters, functions] = normalize(algorithm, "verify");
    const [given, content] = [bytes(signature, "the signature"), bytes(data, "the data")];
    checkKey(key, name, "verify");
    return functions.verify(parameters, key, given, content);
  }
  async encrypt(algorithm, key, data) {
    const [name, parameters, functions] = normalize(algorithm, "encrypt");
    const content = bytes(data, "the data");
    checkKey(key, name, "encrypt");
    return functions.encrypt(parameters, key, content);
  }
  async decrypt(algorithm, key, data) {
    const [name, parameters, functions] = normalize(algorithm, "decrypt");
    const content = bytes(data, "the data");
    checkKey(key, name, "decrypt");
    return functions.decrypt(parameters, key, content);
  }
  async deriveBits(algorithm, key, length = null) {
    return deriveBits("deriveBits", algorithm, key, length);
  }
  async deriveKey(algorithm, key, derivedType, extractable, usages) {
    const [, wanted, functions] = normalize(derivedType, "keyLength");
    const secret = deriveBits("deriveKey", algorithm, key, functions.keyLength(wanted));
    return importKey("raw", secret, wanted, extractable, usages);
  }
  async wrapKey(format, key, wrappingKey, algorithm) {
    const [name, parameters, functions] = normalize(algorithm, "encrypt");
    checkKey(wrappingKey, name, "wrapKey");
    const exported = exportKey(`${format}`, key);
    const content = exported instanceof ArrayBuffer ? new Uint8Array(exported) : native.utf8Encode(JSON.stringify(exported));
    return functions.encrypt(parameters, wrappingKey, content);
  }
  async unwrapKey(format, wrapped, unwrappingKey, algorithm, keyAlgorithm, extractable, usages) {
    const [name, parameters, functions] = normalize(algorithm, "decrypt");
    const content = bytes(wrapped, "the wrapped key");
    checkKey(unwrappingKey, name, "unwrapKey");
    const clear = functions.decrypt(parameters, unwrappingKey, content);
    if (`${format}` !== "jwk") return importKey(`${format}`, clear, keyAlgorithm, extractable, usages);
    let jwk;
    try {
      jwk = JSON.parse(native.utf8Decode(new Uint8Array(clear), false));
    } catch {
      fail("DataError", "the wrapped key is no JSON Web Key");
    }
    return importKey("jwk", jwk, keyAlgorithm, extractable, usages);
  }
  /** Not of the standard, but of Workers: compares without telling by its time where the two differ. */
  timingSafeEqual(a, b) {
    const [left, right] = [bytes(a, "the first argument"), bytes(b, "the second argument")];
    if (left.length !== right.length) throw new TypeError("timingSafeEqual: the two must be of the same length");
    return native.timingSafeEqual(left, right);
  }
}

export const subtle = new SubtleCrypto(MAKE);
