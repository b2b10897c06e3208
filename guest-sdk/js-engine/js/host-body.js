// Bodies that cross to and from the host bit by bit: a HostBody is read (the request's, and that of an answer to
// `fetch`), a HostSink is written (the response's, and that of a request by `fetch`).
import native from "internal:native";
import { streamOnDemand } from "internal:stream";

const READ_BYTES = 64 << 10;
// The host takes no more than 1 MiB in one write.
const WRITE_BYTES = 256 << 10;

export class HostBody {
  #id;
  /** What is waited for, and what ends the wait. */
  #operation = null;
  #wake = null;
  #over = false;
  /** [reason] when it was given up with one. */
  #failure = null;
  #onOver;

  /** `onOver` is called once, when nothing more will come. */
  constructor(id, onOver = null) {
    this.#id = id;
    this.#onOver = onOver;
  }

  /** The next bytes, at most `max`, or null at the end. Not to be called again before it has answered. */
  async read(max = READ_BYTES) {
    for (;;) {
      if (this.#failure) throw this.#failure[0];
      if (this.#over) return null;
      const got = this.#readNow(max);
      if (typeof got !== "number") return got;
      this.#operation = got;
      await new Promise((resolve) => {
        this.#wake = resolve;
        native.whenDone(got, resolve);
      });
      this.#operation = this.#wake = null;
    }
  }

  #readNow(max) {
    let got;
    try {
      got = native.streamRead(this.#id, max);
    } catch (thrown) {
      this.#end();
      throw Object.assign(new TypeError(thrown.message), { code: thrown.code });
    }
    if (got === null) this.#end();
    return got;
  }

  /** Gives it up. Whoever reads gets `reason`, or the end when there is none. */
  abandon(...reason) {
    if (this.#over) return;
    if (reason.length > 0) this.#failure = reason;
    if (this.#operation !== null) native.cancelOperation(this.#operation);
    native.streamAbort(this.#id);
    this.#end();
    this.#wake?.();
  }

  #end() {
    this.#over = true;
    this.#onOver?.();
  }

  /** As a stream of bytes that reads when it is read from. */
  stream() {
    return streamOnDemand(sourceOf, this);
  }

  /** All of it, as one Uint8Array. */
  async drain() {
    const pieces = [];
    for (let piece; (piece = await this.read()) !== null; ) pieces.push(piece);
    return joined(pieces);
  }
}

/** The underlying source of a stream over a host's body. */
function sourceOf(body) {
  return {
    type: "bytes",
    pull: async (controller) => {
      const view = controller.byobRequest?.view;
      const bytes = await body.read(view ? Math.min(view.byteLength, READ_BYTES) : READ_BYTES);
      // A reader that let go in the meantime took its request with it.
      const request = controller.byobRequest;
      if (bytes === null) {
        controller.close();
        request?.respond(0);
      } else if (request && request.view.byteLength >= bytes.length) {
        new Uint8Array(request.view.buffer, request.view.byteOffset).set(bytes);
        request.respond(bytes.length);
      } else {
        controller.enqueue(bytes);
      }
    },
    cancel: () => body.abandon(),
  };
}

/** The other side of a HostSink does not listen any more. */
export class Gone extends Error {}

export class HostSink {
  #id;
  /** What to wait for before the next write, and what ends that wait. */
  #behind = null;
  #wake = null;
  #over = false;

  constructor(id) {
    this.#id = id;
  }

  async write(bytes) {
    for (let at = 0; at < bytes.length; at += WRITE_BYTES) {
      if (this.#behind !== null) {
        await new Promise((resolve) => {
          this.#wake = resolve;
          native.whenDone(this.#behind, resolve);
        });
        this.#wake = null;
      }
      if (this.#over) throw new Gone();
      const piece = bytes.length > WRITE_BYTES ? bytes.subarray(at, at + WRITE_BYTES) : bytes;
      this.#behind = this.#tell(() => native.streamWrite(this.#id, piece)) ?? null;
    }
  }

  finish() {
    if (this.#over) throw new Gone();
    this.#tell(() => native.streamFinish(this.#id));
    this.#over = true;
  }

  /** Breaks the transfer off. */
  abort() {
    if (this.#over) return;
    this.#over = true;
    if (this.#wake !== null) native.cancelOperation(this.#behind);
    native.streamAbort(this.#id);
    this.#wake?.();
  }

  #tell(call) {
    try {
      return call();
    } catch (thrown) {
      throw thrown.code === "unavailable" ? new Gone() : thrown;
    }
  }
}

/** Several Uint8Arrays as one. */
export function joined(pieces) {
  if (pieces.length === 1) return pieces[0];
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
