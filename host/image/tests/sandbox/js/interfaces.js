import { expect, test } from "@atoll/sdk/test";

// The members of every interface of the Minimum Common API, from the standards that define them.
const MEMBERS = {
  AbortController: "abort signal",
  AbortSignal: "aborted onabort reason throwIfAborted",
  Blob: "arrayBuffer bytes size slice stream text type",
  ByteLengthQueuingStrategy: "highWaterMark size",
  CompressionStream: "readable writable",
  CountQueuingStrategy: "highWaterMark size",
  Crypto: "getRandomValues randomUUID subtle",
  CryptoKey: "algorithm extractable type usages",
  CustomEvent: "detail initCustomEvent",
  DOMException: "ABORT_ERR DATA_CLONE_ERR code message name",
  DecompressionStream: "readable writable",
  ErrorEvent: "colno error filename lineno message",
  Event: "AT_TARGET BUBBLING_PHASE CAPTURING_PHASE NONE bubbles cancelBubble cancelable composed composedPath currentTarget defaultPrevented eventPhase initEvent isTrusted preventDefault returnValue srcElement stopImmediatePropagation stopPropagation target timeStamp type",
  EventTarget: "addEventListener dispatchEvent removeEventListener",
  File: "lastModified name",
  FormData: "append delete entries forEach get getAll has keys set values",
  Headers: "append delete entries forEach get getSetCookie has keys set values",
  MessageChannel: "port1 port2",
  MessageEvent: "data initMessageEvent lastEventId origin ports source",
  MessagePort: "close onmessage onmessageerror postMessage start",
  Performance: "now timeOrigin toJSON",
  PromiseRejectionEvent: "promise reason",
  ReadableByteStreamController: "byobRequest close desiredSize enqueue error",
  ReadableStream: "cancel getReader locked pipeThrough pipeTo tee values",
  ReadableStreamBYOBReader: "cancel closed read releaseLock",
  ReadableStreamBYOBRequest: "respond respondWithNewView view",
  ReadableStreamDefaultController: "close desiredSize enqueue error",
  ReadableStreamDefaultReader: "cancel closed read releaseLock",
  Request: "arrayBuffer blob body bodyUsed bytes cache clone credentials destination duplex formData headers integrity json keepalive method mode redirect referrer referrerPolicy signal text url",
  Response: "arrayBuffer blob body bodyUsed bytes clone formData headers json ok redirected status statusText text type url",
  SubtleCrypto: "decrypt deriveBits deriveKey digest encrypt exportKey generateKey importKey sign unwrapKey verify wrapKey",
  TextDecoder: "decode encoding fatal ignoreBOM",
  TextDecoderStream: "encoding fatal ignoreBOM readable writable",
  TextEncoder: "encode encodeInto encoding",
  TextEncoderStream: "encoding readable writable",
  TransformStream: "readable writable",
  TransformStreamDefaultController: "desiredSize enqueue error terminate",
  URL: "hash host hostname href origin password pathname port protocol search searchParams toJSON toString username",
  URLPattern: "exec hasRegExpGroups hash hostname password pathname port protocol search test username",
  URLSearchParams: "append delete entries forEach get getAll has keys set size sort toString values",
  WritableStream: "abort close getWriter locked",
  WritableStreamDefaultController: "error signal",
  WritableStreamDefaultWriter: "abort close closed desiredSize ready releaseLock write",
};
const STATICS = { AbortSignal: "abort any timeout", ReadableStream: "from", Response: "error json redirect", URL: "canParse parse" };
const NOT_FOR_APPS = ["AbortSignal", "Crypto", "CryptoKey", "MessagePort", "Performance", "ReadableByteStreamController", "ReadableStreamBYOBRequest", "ReadableStreamDefaultController", "SubtleCrypto", "TransformStreamDefaultController", "WritableStreamDefaultController"];

test("every interface has its members, and they are enumerable", () => {
  for (const [name, members] of Object.entries(MEMBERS)) {
    const { prototype } = globalThis[name];
    const seen = [];
    for (const member in prototype) seen.push(member);
    const missing = members.split(" ").filter((member) => !seen.includes(member));
    expect([name, missing, Object.prototype.toString.call(prototype)]).toEqual([name, [], `[object ${name}]`]);
  }
  for (const [name, members] of Object.entries(STATICS)) {
    expect([name, members.split(" ").filter((member) => typeof globalThis[name][member] !== "function")]).toEqual([name, []]);
  }
});

test("what only the host makes cannot be constructed", () => {
  for (const name of NOT_FOR_APPS) expect(() => new globalThis[name]()).toThrow(TypeError);
});

test("functions of the global object are enumerable, interfaces are not", () => {
  const enumerable = (name) => Object.getOwnPropertyDescriptor(globalThis, name).enumerable;
  expect(["fetch", "setTimeout", "structuredClone", "crypto", "self", "onerror"].filter((name) => !enumerable(name))).toEqual([]);
  expect(Object.keys(MEMBERS).filter(enumerable)).toEqual([]);
  expect([clearInterval.name, clearTimeout.name]).toEqual(["clearInterval", "clearTimeout"]);
});

test("iterating is the same function as entries, or values", () => {
  for (const Class of [FormData, Headers, URLSearchParams]) expect(Class.prototype[Symbol.iterator]).toBe(Class.prototype.entries);
  expect(ReadableStream.prototype[Symbol.asyncIterator]).toBe(ReadableStream.prototype.values);
});

test("an app may derive from them", async () => {
  class Mine extends Headers {
    first() {
      return this.get("a");
    }
  }
  expect(new Mine({ a: "1" }).first()).toBe("1");
  class Answer extends Response {}
  expect(await new Answer("x", { status: 201 }).text()).toBe("x");
  class Asked extends Request {}
  expect(new Asked("http://a/", { method: "PUT" }).method).toBe("PUT");
});

test("an init's members that mean nothing here are kept, and checked", () => {
  const usual = new Request("http://a/");
  expect([usual.cache, usual.credentials, usual.integrity, usual.keepalive, usual.mode, usual.referrer, usual.referrerPolicy]).toEqual(
    ["default", "same-origin", "", false, "cors", "about:client", ""],
  );
  const given = new Request("http://a/", { cache: "no-store", credentials: "omit", keepalive: 1, mode: "same-origin", integrity: "sha256-x" });
  for (const request of [given, given.clone(), new Request(given), new Request(given, { method: "POST" })]) {
    expect([request.cache, request.credentials, request.keepalive, request.mode, request.integrity]).toEqual(["no-store", "omit", true, "same-origin", "sha256-x"]);
  }
  expect(new Request(given, { cache: "reload" }).cache).toBe("reload");
  for (const init of [{ cache: "never" }, { credentials: "all" }, { mode: "navigate" }, { referrerPolicy: "none" }]) {
    expect(() => new Request("http://a/", init)).toThrow(TypeError);
  }
  expect(() => new Response("", { statusText: "a\r\nb" })).toThrow(TypeError);
});
