// The first module that runs: puts the web's interfaces on the global object, and names what the host calls.
import native from "internal:native";
import { AbortController, AbortSignal } from "internal:abort";
import { Blob, File } from "internal:blob";
import { Crypto, crypto } from "internal:crypto";
import { CompressionStream, DecompressionStream } from "internal:compression";
import { CryptoKey } from "internal:crypto-key";
import { CustomEvent, Event, EventTarget } from "internal:events";
import { ErrorEvent, MessageEvent, PromiseRejectionEvent } from "internal:event-kinds";
import { FormData } from "internal:form-data";
import { Headers } from "internal:headers";
import { MessageChannel, MessagePort } from "internal:message-channel";
import { Performance, performance } from "internal:performance";
import * as streams from "internal:web-streams";
import { Request } from "internal:request";
import { Response } from "internal:response";
import { SubtleCrypto } from "internal:subtle";
import { TextDecoder, TextEncoder } from "internal:encoding";
import { TextDecoderStream, TextEncoderStream } from "internal:text-streams";
import { URL } from "internal:url";
import { URLPattern } from "internal:url-pattern";
import { URLSearchParams } from "internal:search-params";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "internal:timers";
import { console } from "internal:console";
import { expose } from "internal:webidl";
import { fetch } from "internal:fetch";
import { installJson } from "internal:json";
import { installGlobalEvents, reportError } from "internal:global-events";
import { lockDown } from "internal:lockdown";
import { structuredClone } from "internal:structured-clone";

export { callScheduled, failure, finishFetch, handleEvent, rescueFetch, setApp, startFetch } from "internal:dispatch";
export { nextTimer } from "internal:timers";
export { runTest, testNames } from "@atoll/sdk/test";
export { warmUp } from "internal:warm-up";

function queueMicrotask(callback) {
  if (typeof callback !== "function") throw new TypeError("queueMicrotask needs a function");
  // What it throws becomes an unhandled rejection, and so a failure of the call.
  Promise.resolve().then(() => callback());
}

expose({
  AbortController, AbortSignal, Blob, CompressionStream, Crypto, CryptoKey, CustomEvent, DecompressionStream,
  ErrorEvent, Event, EventTarget, File, FormData, Headers, MessageChannel, MessageEvent, MessagePort, Performance,
  PromiseRejectionEvent, Request, Response, SubtleCrypto, TextDecoder, TextDecoderStream, TextEncoder,
  TextEncoderStream, URL, URLPattern, URLSearchParams, clearInterval, clearTimeout, console, crypto,
  fetch, navigator: Object.freeze({ userAgent: "Atoll" }), performance, queueMicrotask, reportError, self: globalThis,
  setInterval, setTimeout, structuredClone,
});
expose(streams);
installGlobalEvents();
installJson();
Math.random = function random() {
  return native.random();
};
lockDown();
