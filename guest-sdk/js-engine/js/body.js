// What Request and Response share: a body that is read once. Its content is held as it came: text, bytes, the
// host's (whole, taken over when first asked for; or bit by bit), or a stream of the app's. A stream over what is
// none is made only when `body` is asked for.
//
// Both classes keep their state in one array, since in QuickJS a private field costs more than ten items of an
// array literal, and responses are made for every request. The first items are the body's.
import native from "internal:native";
import { Blob, bytesOfBlob } from "internal:blob";
import { FormData, decodeForm, encodeForm } from "internal:form-data";
import { Gone, HostBody, joined } from "internal:host-body";
import { ReadableStream, isDisturbed, retire, spent, streamOnDemand } from "internal:stream";
import { TextEncoder } from "internal:encoding";
import { bytesOf, isBufferSource } from "internal:webidl";

/** Text, bytes, a ReadableStream, HOST_BODY, a HostBody, or null for no body. */
export const CONTENT = 0;
/** Whether it was taken. */
export const USED = 1;
/** The stream that `body` gave out for a content that is none. */
export const STREAM = 2;

/** Stands for the whole body of the request that the host holds. */
export const HOST_BODY = Symbol("the host's body");

// On a stream that `body` gave out: the content that it reads. As the body of another object it is that content
// again, as long as nobody has read from it.
const SOURCE = Symbol("the stream's content");

const encoder = new TextEncoder();

/** [content, content type or null, stream or null] of what was given as a body. */
export function extract(init) {
  if (init === null || init === undefined) return [null, null, null];
  if (init instanceof ReadableStream) return ofStream(init);
  if (init instanceof URLSearchParams) return [init.toString(), "application/x-www-form-urlencoded;charset=UTF-8", null];
  if (isBufferSource(init)) return [bytesOf(init).slice(), null, null];
  if (init instanceof Blob) return [bytesOfBlob(init), init.type || null, null];
  if (init instanceof FormData) return [...encodeForm(init), null];
  if (typeof init === "object" && Symbol.asyncIterator in init) return [ReadableStream.from(init), null, null];
  return [`${init}`, "text/plain;charset=UTF-8", null];
}

function ofStream(stream) {
  if (stream.locked || isDisturbed(stream)) throw new TypeError("a stream that was read from, or is locked, cannot be a body");
  const source = stream[SOURCE];
  return source === undefined ? [stream, null, null] : [source, null, stream];
}

/** Takes the content, once. */
export function take(state) {
  const stream = streamIn(state);
  if (state[USED] || (stream !== null && isDisturbed(stream))) throw new TypeError("The body was read already");
  if (stream?.locked) throw new TypeError("The body is locked to a reader");
  if (state[CONTENT] === null) return null;
  state[USED] = true;
  if (state[STREAM] !== null) retire(state[STREAM]);
  return state[CONTENT];
}

/** Whether the content is all there, so that it can be handed to the host in one piece. */
export function isWhole(state) {
  const content = state[CONTENT];
  return typeof content === "string" || content === null || content === HOST_BODY || content instanceof Uint8Array;
}

/** Takes a whole content, in the form that the host takes. */
export function takeWhole(state) {
  const content = take(state);
  return content === null ? "" : content === HOST_BODY ? native.requestBody() : content;
}

/** What was taken, if it is all there: text, bytes, or null for none. Undefined for what comes bit by bit. */
export function wholeOf(content) {
  if (content === HOST_BODY) return native.requestBody();
  return content === null || typeof content === "string" || content instanceof Uint8Array ? content : undefined;
}

function streamIn(state) {
  return state[STREAM] ?? (state[CONTENT] instanceof ReadableStream ? state[CONTENT] : null);
}

/** The content of a second object with the same body. */
export function copy(state) {
  const stream = streamIn(state);
  if (state[USED] || stream?.locked || (stream !== null && isDisturbed(stream))) {
    throw new TypeError("The body was read already, or is being read, so it cannot be copied");
  }
  if (stream === null && state[CONTENT] === HOST_BODY) state[CONTENT] = native.requestBody();
  const content = state[CONTENT];
  if (stream === null && !(content instanceof HostBody)) return content instanceof Uint8Array ? content.slice() : content;
  const [mine, other] = (stream ?? content.stream()).tee();
  state[CONTENT] = mine;
  state[STREAM] = null;
  return other;
}

/** The content for another object, which has the body from now on. */
export function move(state) {
  const content = take(state);
  // What the first object gives out from now on is a stream that was read.
  state[CONTENT] = content === null ? null : "";
  state[STREAM] = null;
  return content;
}

function streamOf(state) {
  if (state[CONTENT] === null) return null;
  const there = streamIn(state);
  if (there !== null) return there;
  if (state[USED]) return (state[STREAM] = spent());
  const content = state[CONTENT];
  state[STREAM] = content instanceof HostBody ? content.stream() : streamOnDemand(sourceOfWhole, content);
  state[STREAM][SOURCE] = content;
  return state[STREAM];
}

/** The underlying source of a stream over a content that is all there. */
function sourceOfWhole(content) {
  return {
    type: "bytes",
    pull(controller) {
      const bytes = toBytes(content === HOST_BODY ? native.requestBody() : content);
      // Enqueuing takes the buffer over: a copy, if others may have it.
      if (bytes.length > 0) controller.enqueue(bytes === content ? bytes.slice() : bytes);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  };
}

function toBytes(chunk) {
  if (typeof chunk === "string") return encoder.encode(chunk);
  if (isBufferSource(chunk)) return bytesOf(chunk);
  throw new TypeError(`a body's stream must give Uint8Arrays; it gave a value of type ${chunk === null ? "null" : typeof chunk}`);
}

/** The chunks of any content, as bytes, one call after the other; null at the end. */
function chunksOf(content) {
  if (content instanceof HostBody) return { next: () => content.read(), cancel: async () => content.abandon() };
  if (content instanceof ReadableStream) {
    const reader = content.getReader();
    const next = async () => {
      const { value, done } = await reader.read();
      return done ? null : toBytes(value);
    };
    return { next, cancel: (reason) => reader.cancel(reason) };
  }
  let rest = content === null ? null : toBytes(content === HOST_BODY ? native.requestBody() : content);
  const next = async () => {
    const bytes = rest;
    rest = null;
    return bytes;
  };
  return { next, cancel: async () => {} };
}

/** All bytes of a content. */
async function drain(content) {
  if (content === null) return new Uint8Array(0);
  if (content instanceof HostBody) return content.drain();
  if (!(content instanceof ReadableStream)) return toBytes(content === HOST_BODY ? native.requestBody() : content);
  const chunks = chunksOf(content);
  const pieces = [];
  try {
    for (let piece; (piece = await chunks.next()) !== null; ) pieces.push(piece);
  } catch (thrown) {
    chunks.cancel(thrown).catch(() => {});
    throw thrown;
  }
  return joined(pieces);
}

/** Writes a content to the host, as fast as the other side takes it. When that has gone the content is cancelled,
 *  which is no failure; when the content fails the transfer breaks off, and that is thrown. */
export async function pump(content, sink) {
  const chunks = chunksOf(content);
  try {
    for (let chunk; (chunk = await chunks.next()) !== null; ) await sink.write(chunk);
    sink.finish();
  } catch (thrown) {
    sink.abort();
    chunks.cancel(thrown).catch(() => {});
    if (!(thrown instanceof Gone)) throw thrown;
  }
}

async function text(state) {
  // The host's bytes become text without a stop as a Uint8Array.
  if (state[CONTENT] === HOST_BODY && !state[USED] && state[STREAM] === null) {
    state[USED] = true;
    return native.requestText();
  }
  const content = take(state);
  if (typeof content === "string") return content;
  const decoded = native.utf8Decode(await drain(content), false);
  return decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
}

async function bytes(state) {
  return drain(take(state));
}

/** Gives a class the body's members; `stateOf` answers an object's state, or throws for a foreign one. */
export function installBody(prototype, stateOf) {
  const type = (object) => object.headers.get("content-type") ?? "";
  const members = {
    get body() {
      return streamOf(stateOf(this));
    },
    get bodyUsed() {
      const state = stateOf(this);
      if (state[USED]) return true;
      const stream = streamIn(state);
      return stream !== null && isDisturbed(stream);
    },
    text() {
      return text(stateOf(this));
    },
    async json() {
      return JSON.parse(await text(stateOf(this)));
    },
    bytes() {
      return bytes(stateOf(this));
    },
    async arrayBuffer() {
      const all = await bytes(stateOf(this));
      return all.byteLength === all.buffer.byteLength ? all.buffer : all.slice().buffer;
    },
    async blob() {
      return new Blob([await bytes(stateOf(this))], { type: type(this) });
    },
    async formData() {
      return decodeForm(await bytes(stateOf(this)), type(this));
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(members));
}
