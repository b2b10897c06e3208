// The first module that runs: puts the web's interfaces on the global object, and names what the host calls.
import native from "internal:native";
import { AbortController, AbortSignal } from "internal:abort";
import { Blob, File } from "internal:blob";
import { Crypto, crypto } from "internal:crypto";
import { CustomEvent, Event, EventTarget } from "internal:events";
import { FormData } from "internal:form-data";
import { Headers } from "internal:headers";
import { ReadableStream } from "internal:stream";
import { Request } from "internal:request";
import { Response } from "internal:response";
import { TextDecoder, TextEncoder } from "internal:encoding";
import { URL } from "internal:url";
import { URLSearchParams } from "internal:search-params";
import { clearTimeout, setInterval, setTimeout } from "internal:timers";
import { console } from "internal:console";
import { describe } from "internal:failure";
import { expose } from "internal:webidl";
import { fetch } from "internal:fetch";
import { lockDown } from "internal:lockdown";
import { structuredClone } from "internal:structured-clone";

export { failure, finishFetch, handleEvent, rescueFetch, setApp, startFetch } from "internal:dispatch";
export { nextTimer } from "internal:timers";
export { runTest, testNames } from "@atoll/sdk/test";
export { warmUp } from "internal:warm-up";

function queueMicrotask(callback) {
  if (typeof callback !== "function") throw new TypeError("queueMicrotask needs a function");
  // What it throws becomes an unhandled rejection, and so a failure of the call.
  Promise.resolve().then(() => callback());
}

function reportError(thrown) {
  console.error(`Uncaught ${describe(thrown).join("\n")}`);
}

const performance = Object.defineProperty(
  { now: () => native.sinceCallMs(), get timeOrigin() { return native.callStartMs(); } },
  Symbol.toStringTag,
  { value: "Performance" },
);

expose({
  AbortController, AbortSignal, Blob, Crypto, CustomEvent, Event, EventTarget, File, FormData, Headers, ReadableStream,
  Request, Response, TextDecoder, TextEncoder, URL, URLSearchParams, clearInterval: clearTimeout, clearTimeout, console,
  crypto, fetch, navigator: Object.freeze({ userAgent: "Atoll" }), performance, queueMicrotask, reportError, self: globalThis,
  setInterval, setTimeout, structuredClone,
});
Math.random = function random() {
  return native.random();
};
lockDown();
