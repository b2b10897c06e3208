// TextEncoder and TextDecoder; the encodings are Rust's.
import native from "internal:native";
import { bytesOf, isBufferSource, usv } from "internal:webidl";

export class TextEncoder {
  get encoding() {
    return "utf-8";
  }
  encode(input = "") {
    return native.utf8Encode(usv(input));
  }
  encodeInto(source, destination) {
    if (!(destination instanceof Uint8Array)) throw new TypeError("encodeInto needs a Uint8Array");
    const [read, written] = native.utf8EncodeInto(usv(source), destination);
    return { read, written };
  }
}

// Numbers that Rust has for encodings; from 3 on a byte is a character.
const UTF_8 = 0;
const UTF_16_BE = 2;

function encodingOf(label) {
  if (label === "utf-8") return ["utf-8", UTF_8];
  const found = native.encodingOf(`${label}`);
  if (!found) throw new RangeError(`TextDecoder: ${JSON.stringify(`${label}`)} is no encoding`);
  if (found.length < 2) throw new RangeError(`TextDecoder: the encoding ${found[0]} is not available here; UTF-8, UTF-16 and those of one byte a character are`);
  return found;
}

export class TextDecoder {
  #name;
  #encoding;
  #fatal;
  #ignoreBOM;
  // The start of a character that is not finished yet.
  #pending = null;
  #started = false;

  constructor(label = "utf-8", options = {}) {
    [this.#name, this.#encoding] = encodingOf(label);
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }
  get encoding() {
    return this.#name;
  }
  get fatal() {
    return this.#fatal;
  }
  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input, options) {
    if (input !== undefined && !isBufferSource(input)) throw new TypeError("TextDecoder.decode needs an ArrayBuffer or a view of one");
    const stream = Boolean(options?.stream);
    let bytes = input === undefined ? new Uint8Array(0) : bytesOf(input);
    if (this.#pending) bytes = this.#join(bytes);
    if (stream) bytes = this.#holdBack(bytes);
    let text = native.decode(this.#encoding, bytes, this.#fatal);
    if (text === null) {
      this.#started = false;
      throw new TypeError(`TextDecoder: the data is not valid ${this.#name}`);
    }
    if (!this.#started && text.length > 0 && this.#encoding <= UTF_16_BE) {
      if (!this.#ignoreBOM && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      this.#started = true;
    }
    if (!stream) this.#started = false;
    return text;
  }

  #join(bytes) {
    const joined = new Uint8Array(this.#pending.length + bytes.length);
    joined.set(this.#pending);
    joined.set(bytes, this.#pending.length);
    this.#pending = null;
    return joined;
  }

  /** Keeps an unfinished character for the next call. */
  #holdBack(bytes) {
    let keep = 0;
    if (this.#encoding === UTF_8) keep = native.utf8Incomplete(bytes);
    else if (this.#encoding <= UTF_16_BE) keep = this.#unfinishedUnits(bytes);
    if (keep === 0) return bytes;
    this.#pending = bytes.slice(bytes.length - keep);
    return bytes.subarray(0, bytes.length - keep);
  }

  /** Of UTF-16: an odd byte, and the first half of a pair before it. */
  #unfinishedUnits(bytes) {
    const odd = bytes.length % 2;
    const high = bytes[bytes.length - odd - (this.#encoding === UTF_16_BE ? 2 : 1)];
    return high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
  }
}
