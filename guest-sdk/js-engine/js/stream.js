// The web's streams. They are web-streams-polyfill's, as published (`vendor/`): it is the standard's reference
// implementation, kept up with it and run against its tests, and subtle enough not to be written twice. A request
// whose bodies are whole never comes here.
//
// Its objects keep their state in plain members; what the engine needs to know of them is asked here alone.
import { ReadableStream } from "internal:web-streams";

export * from "internal:web-streams";

/** Whether anything was ever read from a stream, or it was cancelled. */
export function isDisturbed(stream) {
  return stream._disturbed;
}

/** Locks a stream for good, as one whose content was taken by other means. */
export function retire(stream) {
  stream.getReader();
  stream._disturbed = true;
}

/** A stream of which nothing is left. */
export function spent() {
  const stream = new ReadableStream();
  retire(stream);
  return stream;
}
