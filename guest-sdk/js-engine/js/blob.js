// Blob and File, in memory.
import native from "internal:native";
import { TextEncoder } from "internal:encoding";
import { ReadableStream } from "internal:stream";
import { bytesOf, isBufferSource, usv } from "internal:webidl";

const encoder = new TextEncoder();
const PIECE_BYTES = 65_536;

/** A copy of a Blob's bytes, without a promise. */
export let bytesOfBlob;

export class Blob {
  #bytes;
  #type;

  static {
    bytesOfBlob = (blob) => blob.#bytes.slice();
  }

  constructor(parts = [], options = {}) {
    if (typeof parts !== "object" || parts === null) throw new TypeError("a Blob's parts are a list");
    const endings = `${options?.endings ?? "transparent"}`;
    if (endings !== "transparent" && endings !== "native") throw new TypeError(`a Blob's endings are "transparent" or "native"; they are ${JSON.stringify(endings)}`);
    const pieces = [];
    for (const part of parts) {
      if (part instanceof Blob) pieces.push(part.#bytes);
      else if (isBufferSource(part)) pieces.push(bytesOf(part));
      else pieces.push(encoder.encode(endings === "native" ? usv(part).replace(/\r\n?/g, "\n") : usv(part)));
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
  async bytes() {
    return bytesOfBlob(this);
  }
  async arrayBuffer() {
    return bytesOfBlob(this).buffer;
  }
  async text() {
    return native.utf8Decode(this.#bytes, false);
  }
  stream() {
    const bytes = this.#bytes;
    let at = 0;
    return new ReadableStream({
      type: "bytes",
      pull(controller) {
        if (at < bytes.length) return controller.enqueue(bytes.slice(at, (at += PIECE_BYTES)));
        controller.close();
        controller.byobRequest?.respond(0);
      },
    });
  }
}

export class File extends Blob {
  #name;
  #lastModified;
  constructor(parts, name, options = {}) {
    if (arguments.length < 2) throw new TypeError("File needs its parts and a name");
    super(parts, options);
    this.#name = usv(name);
    this.#lastModified = Math.trunc(Number(options?.lastModified ?? Date.now())) || 0;
  }
  get name() {
    return this.#name;
  }
  get lastModified() {
    return this.#lastModified;
  }
}
