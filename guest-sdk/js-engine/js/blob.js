// Blob and File, in memory. Of the constructor's options `endings` is absent: texts stay as they are.
import native from "internal:native";
import { TextEncoder } from "internal:encoding";
import { ReadableStream } from "internal:stream";
import { bytesOf, isBufferSource, usv } from "internal:webidl";

const encoder = new TextEncoder();
const PIECE_BYTES = 65_536;

export class Blob {
  #bytes;
  #type;

  constructor(parts = [], options = {}) {
    if (typeof parts !== "object" || parts === null) throw new TypeError("a Blob's parts are a list");
    const pieces = [];
    for (const part of parts) {
      if (part instanceof Blob) pieces.push(part.#bytes);
      else if (isBufferSource(part)) pieces.push(bytesOf(part));
      else pieces.push(encoder.encode(usv(part)));
    }
    this.#bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      this.#bytes.set(piece, at);
      at += piece.length;
    }
    const type = `${options?.type ?? ""}`;
    this.#type = /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : "";
  }
  get size() {
    return this.#bytes.length;
  }
  get type() {
    return this.#type;
  }
  slice(start = 0, end = this.size, type = "") {
    return new Blob([this.#bytes.slice(start, end)], { type });
  }
  /** Not of the standard: the bytes without a promise, for bodies. */
  bytesNow() {
    return this.#bytes.slice();
  }
  async bytes() {
    return this.bytesNow();
  }
  async arrayBuffer() {
    return this.bytesNow().buffer;
  }
  async text() {
    return native.utf8Decode(this.#bytes, false);
  }
  stream() {
    const bytes = this.#bytes;
    let at = 0;
    return new ReadableStream({
      pull(controller) {
        if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += PIECE_BYTES)));
        else controller.close();
      },
    });
  }
}
Object.defineProperty(Blob.prototype, "bytesNow", { enumerable: false });

export class File extends Blob {
  #name;
  #lastModified;
  constructor(parts, name, options = {}) {
    if (arguments.length < 2) throw new TypeError("File needs its parts and a name");
    super(parts, options);
    this.#name = usv(name);
    this.#lastModified = Number(options?.lastModified ?? Date.now());
  }
  get name() {
    return this.#name;
  }
  get lastModified() {
    return this.#lastModified;
  }
}
