// crypto.subtle. Expected values are those of other implementations, or of the RFC that is named.
import { expect, test } from "@atoll/sdk/test";

const { subtle } = crypto;
const text = (value) => new TextEncoder().encode(value);
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const filled = (length, value) => new Uint8Array(length).fill(value);
const nameOf = (promise) => promise.then(() => "nothing", (error) => error.name);

test("hashes", async () => {
  const wanted = {
    "SHA-1": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "SHA-256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "SHA-384": "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    "SHA-512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  };
  for (const [name, value] of Object.entries(wanted)) expect(hex(await subtle.digest(name, text("abc")))).toBe(value);
  expect(hex(await subtle.digest({ name: "sha-1" }, text("xabcx").subarray(1, 4)))).toBe(wanted["SHA-1"]);
  expect(await nameOf(subtle.digest("MD5", text("")))).toBe("NotSupportedError");
  expect(await nameOf(subtle.digest("SHA-256", "abc"))).toBe("TypeError");
});

test("HMAC signs and verifies (RFC 4231, case 2)", async () => {
  const key = await subtle.importKey("raw", text("Jefe"), { name: "HMAC", hash: "SHA-256" }, true, ["verify", "sign", "sign"]);
  const data = text("what do ya want for nothing?");
  const tag = await subtle.sign("HMAC", key, data);
  expect(hex(tag)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  expect(await subtle.verify({ name: "hmac" }, key, tag, data)).toBe(true);
  expect(await subtle.verify("HMAC", key, tag, text("what"))).toBe(false);
  expect(await subtle.verify("HMAC", key, tag.slice(1), data)).toBe(false);
  expect([key.type, key.extractable, key.usages, key.algorithm]).toEqual(["secret", true, ["sign", "verify"], { name: "HMAC", hash: { name: "SHA-256" }, length: 32 }]);
  const jwk = await subtle.exportKey("jwk", key);
  expect(jwk).toEqual({ kty: "oct", k: "SmVmZQ", alg: "HS256", key_ops: ["sign", "verify"], ext: true });
  const again = await subtle.importKey("jwk", jwk, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  expect(hex(await subtle.sign("HMAC", again, data))).toBe(hex(tag));
});

test("what a key may not do", async () => {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await subtle.importKey("raw", text("k"), hmac, false, ["sign"]);
  expect(await nameOf(subtle.verify("HMAC", key, filled(32, 0), text("")))).toBe("InvalidAccessError");
  expect(await nameOf(subtle.exportKey("raw", key))).toBe("InvalidAccessError");
  expect(await nameOf(subtle.encrypt({ name: "AES-GCM", iv: filled(12, 0) }, key, text("")))).toBe("InvalidAccessError");
  expect(await nameOf(subtle.sign("HMAC", {}, text("")))).toBe("TypeError");
  expect(await nameOf(subtle.importKey("raw", text("k"), hmac, false, []))).toBe("SyntaxError");
  expect(await nameOf(subtle.importKey("raw", text("k"), hmac, false, ["encrypt"]))).toBe("SyntaxError");
  expect(await nameOf(subtle.importKey("raw", text("k"), hmac, false, ["fly"]))).toBe("TypeError");
  expect(await nameOf(subtle.importKey("raw", text(""), hmac, false, ["sign"]))).toBe("DataError");
  expect(await nameOf(subtle.importKey("raw", filled(15, 0), "AES-GCM", false, ["encrypt"]))).toBe("DataError");
  expect(await nameOf(subtle.importKey("jwk", { kty: "oct", k: "AAAA", alg: "HS512" }, hmac, false, ["sign"]))).toBe("DataError");
  expect(await nameOf(subtle.importKey("jwk", { kty: "oct", k: "AAAA", ext: false }, hmac, true, ["sign"]))).toBe("DataError");
  expect(await nameOf(subtle.importKey("pkcs8", text("k"), hmac, false, ["sign"]))).toBe("NotSupportedError");
  expect(await nameOf(subtle.generateKey({ name: "RSA-OAEP" }, false, ["encrypt"]))).toBe("NotSupportedError");
  expect(await nameOf(subtle.generateKey({ name: "AES-GCM", length: 100 }, false, ["encrypt"]))).toBe("OperationError");
  expect(() => new CryptoKey()).toThrow(TypeError);
});

test("AES-GCM", async () => {
  const key = await subtle.importKey("raw", filled(32, 7), "AES-GCM", true, ["encrypt", "decrypt"]);
  const options = { name: "AES-GCM", iv: text("a nonce of another length"), additionalData: text("head"), tagLength: 96 };
  const clear = text("text ".repeat(9));
  const sealed = await subtle.encrypt(options, key, clear);
  expect(hex(sealed)).toBe("d5ab843a1195b2cfa999d041c5f0e0a2aaac644b0faa6a4a70e5498ecab6f04174b47585035e46a833ec18b7009e2178d037005dab454580da");
  expect(hex(await subtle.decrypt(options, key, sealed))).toBe(hex(clear));
  const changed = new Uint8Array(sealed);
  changed[3] ^= 1;
  expect(await nameOf(subtle.decrypt(options, key, changed))).toBe("OperationError");
  expect(await nameOf(subtle.decrypt({ ...options, additionalData: text("tail") }, key, sealed))).toBe("OperationError");
  expect(await nameOf(subtle.decrypt(options, key, text("short")))).toBe("OperationError");
  const fresh = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const there = await subtle.encrypt({ name: "AES-GCM", iv }, fresh, clear);
  expect(there.byteLength).toBe(clear.length + 16);
  expect(hex(await subtle.decrypt({ name: "AES-GCM", iv }, fresh, there))).toBe(hex(clear));
  expect((await subtle.exportKey("raw", fresh)).byteLength).toBe(32);
  expect((await subtle.exportKey("jwk", fresh)).alg).toBe("A256GCM");
});

test("AES-GCM by its specification (McGrew and Viega, case 4)", async () => {
  const raw = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
  const key = await subtle.importKey("raw", raw("feffe9928665731c6d6a8f9467308308"), "AES-GCM", false, ["encrypt"]);
  const data = raw("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const options = { name: "AES-GCM", iv: raw("cafebabefacedbaddecaf888"), additionalData: raw("feedfacedeadbeeffeedfacedeadbeefabaddad2") };
  expect(hex(await subtle.encrypt(options, key, data))).toBe(
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
  );
});

test("AES-CTR and AES-CBC", async () => {
  const clear = text("text ".repeat(9));
  const counter = { name: "AES-CTR", counter: filled(16, 255), length: 20 };
  const one = await subtle.importKey("raw", filled(16, 7), "AES-CTR", false, ["encrypt", "decrypt"]);
  const stream = await subtle.encrypt(counter, one, clear);
  expect(hex(stream)).toBe("588b8ff99564babdc8135158f3f73fe137974a106c5a2014907f8af7da649d12afc97133a35b4c4dd7456a09e1");
  expect(hex(await subtle.decrypt(counter, one, stream))).toBe(hex(clear));
  expect(await nameOf(subtle.encrypt({ ...counter, length: 1 }, one, clear))).toBe("OperationError");
  const chained = { name: "AES-CBC", iv: filled(16, 9) };
  const two = await subtle.importKey("raw", filled(24, 7), "AES-CBC", false, ["encrypt", "decrypt"]);
  const blocks = await subtle.encrypt(chained, two, clear);
  expect(hex(blocks)).toBe("8fc3d8833bf310fd2bd2c1256c3694eeb54f84ae9e90ae5920ec7cb2be7ace1bb628d01837d1fb34589c4cc51af8a893");
  expect(hex(await subtle.decrypt(chained, two, blocks))).toBe(hex(clear));
  expect(await nameOf(subtle.decrypt(chained, two, blocks.slice(1)))).toBe("OperationError");
});

test("PBKDF2 and HKDF derive bits and keys", async () => {
  const password = await subtle.importKey("raw", text("password"), "PBKDF2", false, ["deriveBits", "deriveKey"]);
  const stretch = { name: "PBKDF2", hash: "SHA-512", salt: text("salt"), iterations: 10 };
  expect(hex(await subtle.deriveBits(stretch, password, 256))).toBe("ded5fd36ace28019108070acb5acc9db892eb04230f71ecda77c0dbf97e38a8d");
  const key = await subtle.deriveKey(stretch, password, { name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  expect(hex(await subtle.exportKey("raw", key))).toBe("ded5fd36ace28019108070acb5acc9db892eb04230f71ecda77c0dbf97e38a8d");
  const secret = await subtle.importKey("raw", text("secret"), "HKDF", false, ["deriveBits"]);
  const expand = { name: "HKDF", hash: "SHA-256", salt: text("salt"), info: text("info") };
  expect(hex(await subtle.deriveBits(expand, secret, 336))).toBe("f6d2fcc47cb939deafe3853a1e641a27e6924aff7a63d09cb04ccfffbe4776efdda39ae362b1346092d8");
  expect(await nameOf(subtle.deriveBits(expand, secret, 255 * 256 + 8))).toBe("OperationError");
  expect(await nameOf(subtle.deriveBits(expand, secret, 7))).toBe("OperationError");
  expect(await nameOf(subtle.deriveBits(expand, secret, null))).toBe("OperationError");
  expect(await nameOf(subtle.importKey("raw", text("x"), "HKDF", true, ["deriveBits"]))).toBe("SyntaxError");
});

const EC = {
  jwk: { kty: "EC", crv: "P-256", x: "SSJl-_7nVSH99_FAwQTOHozGvM7KIMolUmQppewn1uQ", y: "7PrRCxQXbi3QphtXUEG9J_DUdti3tT8UG5IH54HQ7do", d: "7L0hICZ7tmSoLEJ9jJ6pREXl3aIeRHCdRLgYihOrbJU" },
  pkcs8: "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7L0hICZ7tmSoLEJ9jJ6pREXl3aIeRHCdRLgYihOrbJWhRANCAARJImX7/udVIf338UDBBM4ejMa8zsogyiVSZCml7CfW5Oz60QsUF24t0KYbV1BBvSfw1HbYt7U/FBuSB+eB0O3a",
  spki: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESSJl+/7nVSH99/FAwQTOHozGvM7KIMolUmQppewn1uTs+tELFBduLdCmG1dQQb0n8NR22Le1PxQbkgfngdDt2g==",
  signature: "PAVDcfUlVbA02c3jOO7d4pMB1R/b0WQZsds6uZo87+MDlIG6wGcF6IYsheOYi0+CQlzBrxhdT8d4lwW6bwPC+w==",
};
const ED = {
  jwk: { kty: "OKP", crv: "Ed25519", x: "ULiLZWmJotTrDYVsM0yRsqYzTkp6SbOAvqxKTf7gIn8", d: "FYmY-Pu0oAw7TRciGPNlCxFdLYjywsBaXrF3NVxch_M" },
  pkcs8: "MC4CAQAwBQYDK2VwBCIEIBWJmPj7tKAMO00XIhjzZQsRXS2I8sLAWl6xdzVcXIfz",
  spki: "MCowBQYDK2VwAyEAULiLZWmJotTrDYVsM0yRsqYzTkp6SbOAvqxKTf7gIn8=",
  signature: "4dWjQX7vG0oDUXZBs2dJ9rEwePmGHj6Z8sgg2sdaPhrKkqqZUzqAHoIo8yY5cTfoMPUykZyBRnqVEzLXR+bEBA==",
};

test("ECDSA over P-256 and Ed25519, with keys and signatures of another implementation", async () => {
  for (const [algorithm, use, { jwk, pkcs8, spki, signature }] of [
    [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-384" }, EC],
    ["Ed25519", "Ed25519", ED],
  ]) {
    const open = await subtle.importKey("spki", bytes(spki), algorithm, true, ["verify"]);
    expect(await subtle.verify(use, open, bytes(signature), text("token"))).toBe(true);
    expect(await subtle.verify(use, open, bytes(signature), text("Token"))).toBe(false);
    for (const [format, key] of [["pkcs8", bytes(pkcs8)], ["jwk", jwk]]) {
      const secret = await subtle.importKey(format, key, algorithm, true, ["sign"]);
      const mine = await subtle.sign(use, secret, text("mine"));
      expect(await subtle.verify(use, open, mine, text("mine"))).toBe(true);
      expect(await subtle.exportKey("jwk", secret)).toMatchObject(jwk);
      expect(hex(await subtle.exportKey("pkcs8", secret))).toBe(hex(bytes(pkcs8)));
    }
    expect(hex(await subtle.exportKey("spki", open))).toBe(hex(bytes(spki)));
    const raw = await subtle.importKey("raw", await subtle.exportKey("raw", open), algorithm, true, ["verify"]);
    expect(await subtle.exportKey("jwk", raw)).toMatchObject({ x: jwk.x });
    expect(await nameOf(subtle.exportKey("pkcs8", open))).toBe("InvalidAccessError");
    const { publicKey, privateKey } = await subtle.generateKey(algorithm, false, ["sign", "verify"]);
    expect([publicKey.usages, privateKey.usages, publicKey.extractable, privateKey.extractable]).toEqual([["verify"], ["sign"], true, false]);
    expect(await subtle.verify(use, publicKey, await subtle.sign(use, privateKey, text("a")), text("a"))).toBe(true);
    expect(await nameOf(subtle.sign(use, publicKey, text("a")))).toBe("InvalidAccessError");
    expect(await nameOf(subtle.importKey("raw", filled(9, 1), algorithm, true, []))).toBe("DataError");
    expect(await nameOf(subtle.importKey("jwk", { ...jwk, d: "AAAA" }, algorithm, true, ["sign"]))).toBe("DataError");
  }
  expect(await nameOf(subtle.generateKey({ name: "ECDSA", namedCurve: "P-521" }, false, ["sign"]))).toBe("NotSupportedError");
});

test("RSASSA-PKCS1-v1_5 verifies, and does not sign", async () => {
  const spki = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzEE9pzQnmGhXU3kGSXrVNgpaOWD02X/TU454ObM6Zt7tDIa+hqHcfoTEfZDKTcq9jk6//hb0n3sCaDiSF+r6Mi6KDxEnBbn8NnVeV6zdwyA197pR9cSQk0WQZaPYSeRWvCcLRh53vm8D6ZlWR4QXaJ7egEThEOUO9C1MiXUrAObcYXMij+QcHC5OJry4dM+FHTJ2bhjFfCkdZq7NaUfBcRccBJrd9VW86oaVPUZuNYdxAwIVRfvtJaL5+6N+vQIp3dTRv383MRtNBL348aGWURlyILWAjyWfCLNzADOwzBCBMX68M0Jf0onCUhZa9PEmusZbeQ2cCZddV90mD/tQTQIDAQAB";
  const signature = bytes("cJPUlDAZ2YNNP/bf7zkh6klK/PLl/ENytlAfD/p71S9glKOb6JUL60CoK+pT6eDRFm47BAEv9k8MLJAl0qNCe4hClw1l/fqzQtxK6ENdKg3VD1NTbYW4DyJMsTWGdTZBriS060JvXS2us2UWWBW39iq4qKgPSDSyd2p92UDsl5EKOvC8c46Jb6lGibMBQeNo+Wwc5XzYMNRcRE/Eb2xPQ6hWZt5RSERUPmkvm9Miqd70ZNdJfB66harAQ5z/udPpxEBVpi5jum7ZNf3PnUtkKHa70PWKw74fbUR9ik7G/us09nlbr7Z9uTBMZuESlCikfuJJZyh0PqTwnfyVzIveTw==");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await subtle.importKey("spki", bytes(spki), algorithm, true, ["verify"]);
  expect(await subtle.verify("RSASSA-PKCS1-v1_5", key, signature, text("token"))).toBe(true);
  expect(await subtle.verify("RSASSA-PKCS1-v1_5", key, signature, text("Token"))).toBe(false);
  expect(await subtle.verify("RSASSA-PKCS1-v1_5", key, signature.slice(1), text("token"))).toBe(false);
  const jwk = await subtle.exportKey("jwk", key);
  const again = await subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  expect(await subtle.verify("RSASSA-PKCS1-v1_5", again, signature, text("token"))).toBe(true);
  expect([key.algorithm.modulusLength, [...key.algorithm.publicExponent]]).toEqual([2048, [1, 0, 1]]);
  expect(await nameOf(subtle.generateKey({ ...algorithm, modulusLength: 2048 }, false, ["sign"]))).toBe("NotSupportedError");
  expect(await nameOf(subtle.importKey("jwk", { kty: "RSA", n: "AAAA", e: "AQAB" }, algorithm, false, ["verify"]))).toBe("DataError");
});

test("keys are wrapped and unwrapped", async () => {
  const wrapping = await subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["wrapKey", "unwrapKey"]);
  const key = await subtle.generateKey({ name: "HMAC", hash: "SHA-1" }, true, ["sign"]);
  const options = { name: "AES-GCM", iv: filled(12, 1) };
  for (const format of ["raw", "jwk"]) {
    const wrapped = await subtle.wrapKey(format, key, wrapping, options);
    const back = await subtle.unwrapKey(format, wrapped, wrapping, options, { name: "HMAC", hash: "SHA-1" }, true, ["sign"]);
    expect(hex(await subtle.exportKey("raw", back))).toBe(hex(await subtle.exportKey("raw", key)));
  }
  expect(await nameOf(subtle.encrypt(options, wrapping, text("a")))).toBe("InvalidAccessError");
});

test("bytes are compared in a time that tells nothing", () => {
  expect(subtle.timingSafeEqual(text("abc"), text("abc"))).toBe(true);
  expect(subtle.timingSafeEqual(text("abc"), text("abd").buffer)).toBe(false);
  expect(() => subtle.timingSafeEqual(text("abc"), text("abcd"))).toThrow(TypeError);
});
