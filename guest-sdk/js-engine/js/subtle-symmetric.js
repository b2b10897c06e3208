// Algorithms with one secret: HMAC, AES, and the derivations PBKDF2 and HKDF.
import native from "internal:native";
import { checkJwk, fail, fromBase64Url, hashName, makeKey, secretOf, someUsages, toBase64Url, unknownFormat } from "internal:crypto-key";
import { bytesOf, isBufferSource } from "internal:webidl";

/** Bytes of a member of an algorithm's parameters. */
function bytesIn(parameters, member, algorithm) {
  const value = parameters[member];
  if (!isBufferSource(value)) throw new TypeError(`${algorithm} needs ${member}: an ArrayBuffer or a view of one`);
  return bytesOf(value);
}

/** The bytes of a secret key in one of its two forms. */
function importSecret(format, data, wanted, extractable, usages, what) {
  if (format === "raw") {
    if (!isBufferSource(data)) throw new TypeError("a raw key is an ArrayBuffer or a view of one");
    return bytesOf(data).slice();
  }
  if (format !== "jwk") return unknownFormat(format, what, "raw and jwk");
  checkJwk(data, { kty: "oct" }, extractable, usages);
  const bytes = fromBase64Url(data.k, "k");
  if (data.alg !== undefined) checkJwk(data, { alg: wanted(bytes) }, extractable, usages);
  return bytes;
}

function exportSecret(format, key, alg) {
  const bytes = secretOf(key);
  if (format === "raw") return bytes.slice().buffer;
  if (format !== "jwk") return unknownFormat(format, key.algorithm.name, "raw and jwk");
  return { kty: "oct", k: toBase64Url(bytes), alg, key_ops: [...key.usages], ext: key.extractable };
}

// Bits of a hash's block, which is the length that an HMAC key has when nobody says another.
const BLOCK_BITS = { "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };
const HMAC_USAGES = ["sign", "verify"];
const hmacAlg = (hash) => `HS${hash.slice(4)}`;

function hmacBits(parameters) {
  const bits = parameters.length ?? BLOCK_BITS[hashName(parameters.hash)];
  if (!Number.isInteger(bits) || bits <= 0 || bits % 8 !== 0 || bits > 65_536) {
    fail("OperationError", `an HMAC key's length is a number of bits from 8 to 65536, in whole bytes; it is ${bits}`);
  }
  return bits;
}

export const HMAC = {
  generateKey(parameters, extractable, usages) {
    const hash = hashName(parameters.hash);
    const checked = someUsages(usages, HMAC_USAGES, "HMAC");
    const length = hmacBits(parameters);
    const secret = native.randomBytes(length / 8, "crypto.subtle.generateKey()");
    return makeKey("secret", extractable, { name: "HMAC", hash: { name: hash }, length }, checked, secret);
  },
  importKey(format, data, parameters, extractable, usages) {
    const hash = hashName(parameters.hash);
    const checked = someUsages(usages, HMAC_USAGES, "HMAC");
    const secret = importSecret(format, data, () => hmacAlg(hash), extractable, checked, "HMAC");
    if (secret.length === 0) fail("DataError", "an HMAC key must not be empty");
    if (parameters.length !== undefined && parameters.length !== 8 * secret.length) {
      fail("DataError", `the HMAC key has ${8 * secret.length} bits, not ${parameters.length}`);
    }
    return makeKey("secret", extractable, { name: "HMAC", hash: { name: hash }, length: 8 * secret.length }, checked, secret);
  },
  exportKey: (format, key) => exportSecret(format, key, hmacAlg(key.algorithm.hash.name)),
  sign: (parameters, key, data) => native.hmac(key.algorithm.hash.name, secretOf(key), data).buffer,
  verify: (parameters, key, signature, data) => native.timingSafeEqual(native.hmac(key.algorithm.hash.name, secretOf(key), data), signature),
  keyLength: hmacBits,
};

const AES_USAGES = ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
const AES_BITS = [128, 192, 256];

function aesBits(parameters) {
  if (!AES_BITS.includes(parameters.length)) fail("OperationError", `an AES key has 128, 192 or 256 bits, not ${parameters.length}`);
  return parameters.length;
}

/** What the AES modes share. `suffix` ends their names in JSON Web Keys. */
function aes(name, suffix, ciphers) {
  const alg = (bytes) => `A${8 * bytes.length}${suffix}`;
  return {
    generateKey(parameters, extractable, usages) {
      const length = aesBits(parameters);
      const checked = someUsages(usages, AES_USAGES, name);
      return makeKey("secret", extractable, { name, length }, checked, native.randomBytes(length / 8, "crypto.subtle.generateKey()"));
    },
    importKey(format, data, parameters, extractable, usages) {
      const checked = someUsages(usages, AES_USAGES, name);
      const secret = importSecret(format, data, alg, extractable, checked, name);
      if (!AES_BITS.includes(8 * secret.length)) fail("DataError", `an AES key has 16, 24 or 32 bytes, not ${secret.length}`);
      return makeKey("secret", extractable, { name, length: 8 * secret.length }, checked, secret);
    },
    exportKey: (format, key) => exportSecret(format, key, alg(secretOf(key))),
    keyLength: aesBits,
    ...ciphers,
  };
}

function gcmParameters(parameters) {
  const iv = bytesIn(parameters, "iv", "AES-GCM");
  if (iv.length === 0) fail("OperationError", "AES-GCM: the iv is empty");
  const additional = parameters.additionalData === undefined ? new Uint8Array(0) : bytesIn(parameters, "additionalData", "AES-GCM");
  const bits = parameters.tagLength ?? 128;
  if (![32, 64, 96, 104, 112, 120, 128].includes(bits)) fail("OperationError", `AES-GCM: a tag has no ${bits} bits`);
  return [iv, additional, bits / 8];
}

export const AES_GCM = aes("AES-GCM", "GCM", {
  encrypt: (parameters, key, data) => native.aesGcmEncrypt(secretOf(key), ...gcmParameters(parameters), data).buffer,
  decrypt(parameters, key, data) {
    const clear = native.aesGcmDecrypt(secretOf(key), ...gcmParameters(parameters), data);
    if (!clear) fail("OperationError", "AES-GCM: the data was changed, or the key, the iv or the additional data is another");
    return clear.buffer;
  },
});

function cbcIv(parameters) {
  const iv = bytesIn(parameters, "iv", "AES-CBC");
  if (iv.length !== 16) fail("OperationError", `AES-CBC: the iv has 16 bytes, not ${iv.length}`);
  return iv;
}

export const AES_CBC = aes("AES-CBC", "CBC", {
  encrypt: (parameters, key, data) => native.aesCbcEncrypt(secretOf(key), cbcIv(parameters), data).buffer,
  decrypt(parameters, key, data) {
    const clear = native.aesCbcDecrypt(secretOf(key), cbcIv(parameters), data);
    if (!clear) fail("OperationError", "AES-CBC: the data cannot be decrypted");
    return clear.buffer;
  },
});

function applyCtr(parameters, key, data) {
  const counter = bytesIn(parameters, "counter", "AES-CTR");
  if (counter.length !== 16) fail("OperationError", `AES-CTR: the counter has 16 bytes, not ${counter.length}`);
  const bits = parameters.length;
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 128)) fail("OperationError", `AES-CTR: the counter's length is from 1 to 128 bits, not ${bits}`);
  if (Math.ceil(data.length / 16) > 2 ** bits) fail("OperationError", "AES-CTR: the data is longer than the counter counts");
  return native.aesCtr(secretOf(key), counter, bits, data).buffer;
}

export const AES_CTR = aes("AES-CTR", "CTR", { encrypt: applyCtr, decrypt: applyCtr });

/** Bytes to derive, of a length in bits. */
function wholeBytes(bits, name) {
  if (!Number.isInteger(bits) || bits < 0 || bits % 8 !== 0) fail("OperationError", `${name}: the length is a number of bits in whole bytes; it is ${bits}`);
  return bits / 8;
}

/** What the derivations share: a secret that is imported raw and never leaves. */
function derivation(name, deriveBits) {
  return {
    importKey(format, data, parameters, extractable, usages) {
      if (format !== "raw") unknownFormat(format, name, "raw");
      const checked = someUsages(usages, ["deriveKey", "deriveBits"], name);
      if (extractable) fail("SyntaxError", `a ${name} key cannot be extractable`);
      return makeKey("secret", false, { name }, checked, importSecret("raw", data));
    },
    deriveBits,
    keyLength: () => null,
  };
}

export const PBKDF2 = derivation("PBKDF2", (parameters, key, bits) => {
  const rounds = Number(parameters.iterations);
  if (!(Number.isInteger(rounds) && rounds > 0 && rounds < 2 ** 32)) fail("OperationError", `PBKDF2: iterations is a positive number, not ${parameters.iterations}`);
  const salt = bytesIn(parameters, "salt", "PBKDF2");
  return native.pbkdf2(hashName(parameters.hash), secretOf(key), salt, rounds, wholeBytes(bits, "PBKDF2")).buffer;
});

export const HKDF = derivation("HKDF", (parameters, key, bits) => {
  const [salt, info] = [bytesIn(parameters, "salt", "HKDF"), bytesIn(parameters, "info", "HKDF")];
  const derived = native.hkdf(hashName(parameters.hash), secretOf(key), salt, info, wholeBytes(bits, "HKDF"));
  if (!derived) fail("OperationError", `HKDF: ${bits} bits are more than it gives, 255 hashes`);
  return derived.buffer;
});
