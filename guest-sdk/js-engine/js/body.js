// What Request and Response share: a body that is read once. It is held whole: text, bytes, a stream that is
// read to its end when needed, or the host's (taken over when first asked for).
//
// Both classes keep their state in one array, since in QuickJS a private field costs more than ten items of an
// array literal, and responses are made for every request. The first items are the body's.
import native from "internal:native";
import { Blob } from "internal:blob";
import { FormData, decodeForm, encodeForm } from "internal:form-data";
import { ReadableStream } from "internal:stream";
import { TextEncoder } from "internal:encoding";
import { bytesOf, isBufferSource } from "internal:webidl";

/** Text, bytes, a stream, HOST_BODY, or null for no body. */
export const CONTENT = 0;
/** Whether it was read. */
export const USED = 1;
/** The stream that `body` gave out for a content that is none. */
export const STREAM = 2;

/** Stands for the body of the request that the host holds. */
export const HOST_BODY = Symbol("the host's body");

const encoder = new TextEncoder();

/** [content, content type or null] of what was given as a body. */
export function extract(init) {
  if (init === null || init === undefined) return [null, null];
  if (init instanceof ReadableStream) return [init, null];
  if (init instanceof URLSearchParams) return [init.toString(), "application/x-www-form-urlencoded;charset=UTF-8"];
  if (isBufferSource(init)) return [bytesOf(init).slice(), null];
  if (init instanceof Blob) return [init.bytesNow(), init.type || null];
  if (init instanceof FormData) return encodeForm(init);
  return [`${init}`, "text/plain;charset=UTF-8"];
}

/** The body for the host, marked as used: text, bytes, or a promise of bytes for a stream. */
export function take(state) {
  if (state[USED]) throw new TypeError("The body was read already");
  const content = state[CONTENT];
  if (content === null) return "";
  if (state[STREAM]?.locked || content.locked) throw new TypeError("The body is locked to a reader");
  state[USED] = true;
  return content instanceof ReadableStream ? drain(content) : whole(content);
}

/** The content of a second object with the same body. */
export function copy(state) {
  if (state[USED] || state[STREAM]?.locked) throw new TypeError("The body was read already, so it cannot be copied");
  if (state[CONTENT] === HOST_BODY) state[CONTENT] = native.requestBody();
  if (!(state[CONTENT] instanceof ReadableStream)) return state[CONTENT];
  const [mine, other] = state[CONTENT].tee();
  state[CONTENT] = mine;
  return other;
}

function whole(content) {
  return content === HOST_BODY ? native.requestBody() : content;
}

function streamOf(state) {
  if (state[CONTENT] === null) return null;
  if (state[CONTENT] instanceof ReadableStream) return state[CONTENT];
  state[STREAM] ??= new ReadableStream({
    pull(controller) {
      const content = whole(state[CONTENT]);
      state[USED] = true;
      const bytes = typeof content === "string" ? encoder.encode(content) : content;
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
  return state[STREAM];
}

async function drain(stream) {
  const chunks = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? encoder.encode(chunk) : chunk;
    if (!(bytes instanceof Uint8Array)) throw new TypeError("A body's stream must give Uint8Arrays");
    chunks.push(bytes);
    length += bytes.length;
  }
  const joined = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

async function text(state) {
  // The host's bytes become text without a stop as a Uint8Array.
  if (state[CONTENT] === HOST_BODY && !state[USED] && !state[STREAM]) {
    state[USED] = true;
    return native.requestText();
  }
  const content = await take(state);
  if (typeof content === "string") return content;
  const decoded = native.utf8Decode(content, false);
  return decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
}

async function bytes(state) {
  const content = await take(state);
  return typeof content === "string" ? encoder.encode(content) : content;
}

/** Gives a class the body's members; `stateOf` answers an object's state, or throws for a foreign one. */
export function installBody(prototype, stateOf) {
  const type = (object) => object.headers.get("content-type") ?? "";
  const members = {
    get body() {
      return streamOf(stateOf(this));
    },
    get bodyUsed() {
      return stateOf(this)[USED];
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
