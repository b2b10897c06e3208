// The web's streams. They are web-streams-polyfill's, as published (`vendor/`): it is the standard's reference
// implementation, kept up with it and run against its tests, and subtle enough not to be written twice. A request
// whose bodies are whole never comes here.
//
// Its objects keep their state in plain members; what the engine needs to know of them is asked here alone.
import { ReadableStream } from "internal:web-streams";

export * from "internal:web-streams";

const CONTROLLER = "_readableStreamController";

/** The reader of streams that were taken: it never gets anything. */
const NOBODY = new ReadableStream().getReader();

/** Whether anything was ever read from a stream, or it was cancelled. */
export function isDisturbed(stream) {
  return stream._disturbed;
}

/**
 * A stream of bytes over the underlying source `sourceOf(content)`, which is asked for nothing before somebody reads.
 * It and what the stream works with are made then as well: that takes longer than many a handler does, and most bodies
 * are only passed on.
 */
export function streamOnDemand(sourceOf, content) {
  const stream = Object.create(ReadableStream.prototype);
  stream._state = "readable";
  stream._reader = undefined;
  stream._storedError = undefined;
  stream._disturbed = false;
  Object.defineProperty(stream, CONTROLLER, {
    configurable: true,
    get() {
      const value = new ReadableStream(sourceOf(content), { highWaterMark: 0 })[CONTROLLER];
      value._controlledReadableByteStream = stream;
      Object.defineProperty(stream, CONTROLLER, { value, writable: true, configurable: true, enumerable: true });
      return value;
    },
  });
  return stream;
}

/** Locks a stream for good, as one whose content was taken by other means. */
export function retire(stream) {
  stream._reader = NOBODY;
  stream._disturbed = true;
}

/** A stream of which nothing is left. */
export function spent() {
  const stream = new ReadableStream();
  retire(stream);
  return stream;
}
