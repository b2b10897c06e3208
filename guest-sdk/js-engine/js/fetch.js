// fetch: outbound requests. The host has no import for them yet, so that every one is refused.
import native from "internal:native";
import { Request } from "internal:request";

export async function fetch(input, init) {
  native.requireCall("fetch()");
  const request = new Request(input, init);
  throw new TypeError(`fetch(${JSON.stringify(request.url)}): outbound HTTP is not available in this version of the host`);
}
