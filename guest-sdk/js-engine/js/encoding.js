// TextEncoder and TextDecoder: UTF-8 in Rust; UTF-16 and Latin-1 here. Other legacy encodings are absent.
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
    let read = 0;
    let written = 0;
    for (const character of usv(source)) {
      const bytes = native.utf8Encode(character);
      if (written + bytes.length > destination.length) break;
      destination.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

const LABELS = {
  "utf-8": ["utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"],
  "utf-16le": ["utf-16le", "utf-16", "ucs-2", "iso-10646-ucs-2", "unicode", "csunicode", "unicodefeff"],
  "utf-16be": ["utf-16be", "unicodefffe"],
  "windows-1252": ["windows-1252", "latin1", "iso-8859-1", "ascii", "us-ascii", "cp1252", "l1", "iso8859-1", "x-cp1252", "ansi_x3.4-1968"],
};
const ENCODINGS = new Map(Object.entries(LABELS).flatMap(([name, labels]) => labels.map((label) => [label, name])));

// Bytes 0x80 to 0x9F of windows-1252 (WHATWG Encoding, index windows-1252).
const WINDOWS_1252 =
  "\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F" +
  "\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178";

export class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #pending = null;
  #started = false;

  constructor(label = "utf-8", options = {}) {
    const encoding = ENCODINGS.get(`${label}`.trim().toLowerCase());
    if (!encoding) throw new RangeError(`TextDecoder: the encoding ${JSON.stringify(`${label}`)} is not supported`);
    this.#encoding = encoding;
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBOM = Boolean(options?.ignoreBOM);
  }
  get encoding() {
    return this.#encoding;
  }
  get fatal() {
    return this.#fatal;
  }
  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input, options) {
    if (input !== undefined && !isBufferSource(input)) throw new TypeError("TextDecoder.decode needs an ArrayBuffer or a view of one");
    let bytes = input === undefined ? new Uint8Array(0) : bytesOf(input);
    if (this.#pending) {
      const joined = new Uint8Array(this.#pending.length + bytes.length);
      joined.set(this.#pending);
      joined.set(bytes, this.#pending.length);
      bytes = joined;
      this.#pending = null;
    }
    const stream = Boolean(options?.stream);
    if (stream) bytes = this.#holdBack(bytes);
    let text = this.#decodeWhole(bytes);
    if (!this.#started && text.length > 0) {
      if (!this.#ignoreBOM && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      this.#started = true;
    }
    if (!stream) this.#started = false;
    return text;
  }

  /** Keeps an unfinished character for the next call. */
  #holdBack(bytes) {
    let keep = 0;
    if (this.#encoding === "utf-8") keep = native.utf8Incomplete(bytes);
    else if (this.#encoding !== "windows-1252") keep = bytes.length % 2;
    if (keep === 0) return bytes;
    this.#pending = bytes.slice(bytes.length - keep);
    return bytes.subarray(0, bytes.length - keep);
  }

  #decodeWhole(bytes) {
    if (this.#encoding === "utf-8") {
      const text = native.utf8Decode(bytes, this.#fatal);
      if (text === null) throw new TypeError("TextDecoder: the data is not valid utf-8");
      return text;
    }
    if (this.#encoding === "windows-1252") {
      let text = "";
      for (const byte of bytes) text += byte >= 0x80 && byte < 0xa0 ? WINDOWS_1252[byte - 0x80] : String.fromCharCode(byte);
      return text;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let text = "";
    for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(view.getUint16(i, this.#encoding === "utf-16le"));
    if (bytes.length % 2 === 1) text += "\ud800";
    if (this.#fatal && !text.isWellFormed()) throw new TypeError(`TextDecoder: the data is not valid ${this.#encoding}`);
    return text.toWellFormed();
  }
}
