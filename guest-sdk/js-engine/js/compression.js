// CompressionStream and DecompressionStream. Not over a TransformStream: one small chunk may unpack to very
// much, so output is made piece by piece, when it is asked for, and the writer waits meanwhile.
import native from "internal:native";
import { ReadableStream, WritableStream } from "internal:stream";
import { bytesOf, isBufferSource } from "internal:webidl";

function codec(format, unpack, name) {
  const id = native.codecOpen(`${format}`, unpack);
  if (id === undefined) throw new TypeError(`${name}: the format ${JSON.stringify(`${format}`)} is not there; deflate, deflate-raw and gzip are`);
  let output;
  // Resolve when the input is used up, and when there is more of it.
  let taken = null;
  let given = Promise.withResolvers();
  const fail = (reason) => {
    native.codecClose(id);
    given.resolve();
    taken?.reject(reason);
  };
  const hand = (give) => {
    give();
    taken = Promise.withResolvers();
    given.resolve();
    return taken.promise;
  };
  const readable = new ReadableStream({
    start(controller) {
      output = controller;
    },
    async pull(controller) {
      for (;;) {
        let piece;
        try {
          piece = native.codecTake(id);
        } catch (thrown) {
          fail(thrown);
          throw thrown;
        }
        if (piece === false) {
          native.codecClose(id);
          controller.close();
          return taken?.resolve();
        }
        if (piece) return controller.enqueue(piece);
        given = Promise.withResolvers();
        taken?.resolve();
        await given.promise;
      }
    },
    cancel: (reason) => fail(reason),
  }, { highWaterMark: 0 });
  const writable = new WritableStream({
    write(chunk) {
      if (!isBufferSource(chunk)) {
        const wrong = new TypeError(`${name} takes bytes: an ArrayBuffer or a view of one`);
        output.error(wrong);
        fail(wrong);
        throw wrong;
      }
      return hand(() => native.codecFeed(id, bytesOf(chunk)));
    },
    close: () => hand(() => native.codecEnd(id)),
    abort(reason) {
      output.error(reason);
      fail(reason);
    },
  });
  return { readable, writable };
}

export class CompressionStream {
  #pair;
  constructor(format) {
    this.#pair = codec(format, false, "CompressionStream");
  }
  get readable() {
    return this.#pair.readable;
  }
  get writable() {
    return this.#pair.writable;
  }
}

export class DecompressionStream {
  #pair;
  constructor(format) {
    this.#pair = codec(format, true, "DecompressionStream");
  }
  get readable() {
    return this.#pair.readable;
  }
  get writable() {
    return this.#pair.writable;
  }
}
