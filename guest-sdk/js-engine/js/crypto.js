// crypto: secure random bytes are the host's.
import native from "internal:native";
import { subtle } from "internal:subtle";
import { bytesOf } from "internal:webidl";

const INTEGERS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array];
const QUOTA_BYTES = 65_536;
const MAKE = Symbol("make the one object");

export class Crypto {
  constructor(token) {
    if (token !== MAKE) throw new TypeError("Crypto cannot be constructed; use crypto");
  }
  get subtle() {
    return subtle;
  }
  getRandomValues(array) {
    const integer = ArrayBuffer.isView(array) && INTEGERS.some((Type) => array instanceof Type);
    if (!integer) throw new DOMException("crypto.getRandomValues needs an integer typed array", "TypeMismatchError");
    if (array.byteLength > QUOTA_BYTES) {
      throw new DOMException(`crypto.getRandomValues gives at most ${QUOTA_BYTES} bytes; ${array.byteLength} were asked for`, "QuotaExceededError");
    }
    if (array.byteLength > 0) bytesOf(array).set(native.randomBytes(array.byteLength, "crypto.getRandomValues()"));
    return array;
  }
  randomUUID() {
    return native.randomUuid();
  }
}

export const crypto = new Crypto(MAKE);
