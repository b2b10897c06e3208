// env.KV: Workers KV's interface over the host's `kv`.
import native from "internal:native";
import { TextEncoder } from "internal:encoding";
import { ReadableStream } from "internal:stream";
import { bytesOf, isBufferSource, usv } from "internal:webidl";

const encoder = new TextEncoder();
const LIST_MAX = 1_000;

function decode(bytes, type) {
  switch (type) {
    case undefined:
    case "text":
      return native.utf8Decode(bytes, false);
    case "json":
      return JSON.parse(native.utf8Decode(bytes, false));
    case "arrayBuffer":
      return bytes.buffer;
    case "stream":
      return ReadableStream.from([bytes]);
    default:
      throw new TypeError(`KV: the type ${JSON.stringify(type)} is none of text, json, arrayBuffer and stream`);
  }
}

const typeOf = (options) => (typeof options === "string" ? options : options?.type);
const parsed = (metadata) => (metadata === null ? null : JSON.parse(metadata));

async function bytesFor(value, method) {
  if (typeof value === "string") return encoder.encode(value);
  if (isBufferSource(value)) return bytesOf(value);
  if (value instanceof ReadableStream) return new Response(value).bytes();
  throw new TypeError(`KV.${method}: a value is text, an ArrayBuffer, a view of one or a stream; use JSON.stringify for objects`);
}

/** Seconds until the key goes; undefined for ever. */
function lifeOf(options, method) {
  let ttl = options?.expirationTtl;
  if (ttl === undefined && options?.expiration !== undefined) ttl = Math.ceil(Number(options.expiration) - Date.now() / 1000);
  if (ttl === undefined || ttl === null) return undefined;
  ttl = Number(ttl);
  if (!(ttl > 0)) throw new TypeError(`KV.${method}: expirationTtl must be a number of seconds above 0`);
  return ttl;
}

const metadataOf = (options) =>
  options?.metadata === undefined || options.metadata === null ? undefined : JSON.stringify(options.metadata);

class KVNamespace {
  async get(key, options) {
    if (Array.isArray(key)) {
      return new Map(await Promise.all(key.map(async (one) => [one, await this.get(one, options)])));
    }
    const entry = native.kvGet(usv(key));
    return entry === undefined ? null : decode(entry[0], typeOf(options));
  }
  async getWithMetadata(key, options) {
    const entry = native.kvGet(usv(key));
    if (entry === undefined) return { value: null, metadata: null, cacheStatus: null };
    return { value: decode(entry[0], typeOf(options)), metadata: parsed(entry[1]), cacheStatus: null };
  }
  async put(key, value, options = {}) {
    const bytes = await bytesFor(value, "put");
    native.kvPut(usv(key), bytes, lifeOf(options, "put"), metadataOf(options));
  }
  /** Stores the value if the present one is `expected`: text or bytes, or null for none. Answers whether it did. */
  async compareAndSet(key, expected, value, options = {}) {
    const before = expected === null ? undefined : await bytesFor(expected, "compareAndSet");
    const bytes = await bytesFor(value, "compareAndSet");
    return native.kvCompareAndSet(usv(key), before, bytes, lifeOf(options, "compareAndSet"), metadataOf(options));
  }
  async delete(key) {
    native.kvDelete(usv(key));
  }
  async list(options = {}) {
    const limit = Math.min(LIST_MAX, Math.max(1, Math.trunc(Number(options?.limit ?? LIST_MAX)) || LIST_MAX));
    const [flat, cursor] = native.kvList(usv(options?.prefix ?? ""), options?.cursor ? usv(options.cursor) : undefined, limit);
    const keys = [];
    for (let i = 0; i < flat.length; i += 3) {
      const key = { name: flat[i] };
      if (flat[i + 1] !== null) key.expiration = flat[i + 1];
      if (flat[i + 2] !== null) key.metadata = parsed(flat[i + 2]);
      keys.push(key);
    }
    if (cursor === null) return { keys, list_complete: true, cacheStatus: null };
    return { keys, list_complete: false, cursor, cacheStatus: null };
  }
}

export const namespace = new KVNamespace();
