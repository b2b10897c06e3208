// Algorithms with a key pair: ECDSA over P-256, Ed25519, and verifying RSASSA-PKCS1-v1_5.
import native from "internal:native";
import { checkJwk, checkUsages, fail, fromBase64Url, hashName, makeKey, secretOf, someUsages, toBase64Url, unknownFormat } from "internal:crypto-key";
import { bytesOf, isBufferSource } from "internal:webidl";

function bytesGiven(data, format) {
  if (!isBufferSource(data)) throw new TypeError(`a key in the format ${format} is an ArrayBuffer or a view of one`);
  return bytesOf(data);
}

function malformed(what, format) {
  fail("DataError", `this is no ${what} key in the format ${format}`);
}

const pair = (name, publicAlgorithm, extractable, usages, secret, open) => ({
  publicKey: makeKey("public", true, publicAlgorithm, checkUsages(usages.filter((usage) => usage === "verify"), ["verify"], name), open),
  privateKey: makeKey("private", extractable, publicAlgorithm, usages.filter((usage) => usage === "sign"), secret),
});

/** What the two elliptic curves share. `curve` holds the native functions and the form of the JSON Web Key. */
function elliptic(name, curve) {
  const algorithmOf = (parameters) => {
    if (curve.named && parameters.namedCurve !== curve.named) {
      fail("NotSupportedError", `the curve ${JSON.stringify(parameters.namedCurve)} is not there; ${curve.named} is`);
    }
    return curve.named ? { name, namedCurve: curve.named } : { name };
  };
  const fromJwk = (jwk, extractable, usages) => {
    checkJwk(jwk, curve.jwk, extractable, usages);
    const open = curve.fromJwk(jwk);
    if (jwk.d === undefined) return ["public", open];
    const secret = fromBase64Url(jwk.d, "d");
    const own = secret.length === 32 && native[curve.public](secret);
    if (!own || !native.timingSafeEqual(own, open)) fail("DataError", "the private and the public part of the JSON Web Key do not fit");
    return ["private", secret];
  };
  const read = (format, data, extractable, usages) => {
    if (format === "jwk") return fromJwk(data, extractable, usages);
    const bytes = bytesGiven(data, format);
    switch (format) {
      case "raw": return ["public", native[curve.point](bytes) ?? malformed(name, format)];
      case "spki": return ["public", native[curve.fromSpki](bytes) ?? malformed(name, format)];
      case "pkcs8": return ["private", native[curve.fromPkcs8](bytes) ?? malformed(name, format)];
      default: return unknownFormat(format, name, "raw, jwk, spki and pkcs8");
    }
  };
  return {
    generateKey(parameters, extractable, usages) {
      const algorithm = algorithmOf(parameters);
      const checked = someUsages(usages, ["sign", "verify"], name);
      if (!checked.includes("sign")) fail("SyntaxError", `a private ${name} key needs the usage sign`);
      let secret;
      let open;
      // Nearly every number is a key: what is none is drawn again.
      do {
        secret = native.randomBytes(32, "crypto.subtle.generateKey()");
        open = native[curve.public](secret);
      } while (!open);
      return pair(name, algorithm, extractable, checked, secret, open);
    },
    importKey(format, data, parameters, extractable, usages) {
      const algorithm = algorithmOf(parameters);
      const [type, bytes] = read(format, data, extractable, [...usages]);
      const checked = type === "public" ? checkUsages(usages, ["verify"], `public ${name}`) : someUsages(usages, ["sign"], `private ${name}`);
      return makeKey(type, extractable, algorithm, checked, bytes);
    },
    exportKey(format, key) {
      const bytes = secretOf(key);
      if (format === "jwk") {
        const open = key.type === "public" ? bytes : native[curve.public](bytes);
        const jwk = { ...curve.jwk, ...curve.toJwk(open), key_ops: [...key.usages], ext: key.extractable };
        return key.type === "private" ? { ...jwk, d: toBase64Url(bytes) } : jwk;
      }
      const types = { raw: "public", spki: "public", pkcs8: "private" };
      if (!Object.hasOwn(types, format)) return unknownFormat(format, name, "raw, jwk, spki and pkcs8");
      if (types[format] !== key.type) fail("InvalidAccessError", `a ${key.type} key cannot be exported as ${format}`);
      return format === "raw" ? bytes.slice().buffer : native[format === "spki" ? curve.toSpki : curve.toPkcs8](bytes).buffer;
    },
    sign: (parameters, key, data) => curve.sign(parameters, secretOf(key), data).buffer,
    verify: (parameters, key, signature, data) => curve.verify(parameters, secretOf(key), signature, data),
  };
}

export const ECDSA = elliptic("ECDSA", {
  named: "P-256",
  jwk: { kty: "EC", crv: "P-256" },
  public: "p256Public",
  point: "p256Point",
  fromSpki: "p256FromSpki",
  toSpki: "p256ToSpki",
  fromPkcs8: "p256FromPkcs8",
  toPkcs8: "p256ToPkcs8",
  fromJwk(jwk) {
    const [x, y] = [fromBase64Url(jwk.x, "x"), fromBase64Url(jwk.y, "y")];
    const point = x.length === 32 && y.length === 32 && native.p256Point(Uint8Array.of(4, ...x, ...y));
    return point || fail("DataError", "x and y of the JSON Web Key are no point of P-256");
  },
  toJwk: (point) => ({ x: toBase64Url(point.subarray(1, 33)), y: toBase64Url(point.subarray(33)) }),
  sign: (parameters, secret, data) => native.p256Sign(hashName(parameters.hash), secret, data),
  verify: (parameters, open, signature, data) => native.p256Verify(hashName(parameters.hash), open, signature, data),
});

export const ED25519 = elliptic("Ed25519", {
  jwk: { kty: "OKP", crv: "Ed25519" },
  public: "ed25519Public",
  point: "ed25519Point",
  fromSpki: "ed25519FromSpki",
  toSpki: "ed25519ToSpki",
  fromPkcs8: "ed25519FromPkcs8",
  toPkcs8: "ed25519ToPkcs8",
  fromJwk: (jwk) => native.ed25519Point(fromBase64Url(jwk.x, "x")) ?? fail("DataError", "x of the JSON Web Key is no key of Ed25519"),
  toJwk: (point) => ({ x: toBase64Url(point) }),
  sign: (parameters, secret, data) => native.ed25519Sign(secret, data),
  verify: (parameters, open, signature, data) => native.ed25519Verify(open, signature, data),
});

const RSA = "RSASSA-PKCS1-v1_5";
const rsaAlg = (hash) => `RS${hash === "SHA-1" ? "1" : hash.slice(4)}`;

/** Public keys only: see `src/native/crypto/rsa.rs`. */
export const RSASSA = {
  importKey(format, data, parameters, extractable, usages) {
    const hash = hashName(parameters.hash);
    let parts;
    if (format === "jwk") {
      checkJwk(data, { kty: "RSA", alg: data?.alg === undefined ? undefined : rsaAlg(hash) }, extractable, [...usages]);
      if (data.d !== undefined) fail("NotSupportedError", `${RSA}: private keys are not there; only signatures can be verified`);
      parts = [fromBase64Url(data.n, "n"), fromBase64Url(data.e, "e")];
    } else if (format === "spki") {
      parts = native.rsaFromSpki(bytesGiven(data, format)) ?? malformed(RSA, format);
    } else {
      unknownFormat(format, RSA, "spki and jwk, for public keys");
    }
    if (!native.rsaUsable(...parts)) fail("DataError", `${RSA}: the modulus must have 1024 to 4096 bits, the exponent at most 32, and both be odd`);
    const checked = checkUsages(usages, ["verify"], `public ${RSA}`);
    const [modulus, publicExponent] = parts;
    const algorithm = { name: RSA, modulusLength: 8 * modulus.length, publicExponent, hash: { name: hash } };
    return makeKey("public", extractable, algorithm, checked, modulus);
  },
  exportKey(format, key) {
    if (format !== "jwk") return unknownFormat(format, RSA, "jwk, for exports");
    const { hash, publicExponent } = key.algorithm;
    return { kty: "RSA", alg: rsaAlg(hash.name), n: toBase64Url(secretOf(key)), e: toBase64Url(publicExponent), key_ops: [...key.usages], ext: key.extractable };
  },
  verify: (parameters, key, signature, data) => native.rsaVerify(key.algorithm.hash.name, secretOf(key), key.algorithm.publicExponent, signature, data),
};
