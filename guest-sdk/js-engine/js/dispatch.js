// From the host's call to the app's handler and back.
//
// A request takes two steps, so that a handler that answers at once costs no promise of ours: `startFetch`
// calls the handler, the job loop settles what it returned, and `finishFetch` hands the response over.
import native from "internal:native";
import { AppEvent, verdictOf } from "internal:app-event";
import { ExecutionContext, hasWork, settle } from "internal:context";
import { ScheduledController } from "internal:scheduled-controller";
import { describe } from "internal:failure";
import { makeEnv, missingGrants } from "internal:env";
import { HttpError } from "@atoll/sdk";
import { Response, isSendable, isWholeResponse, sendIfWhole, sendPiecemeal } from "internal:response";
import { requestFromHost } from "internal:request";

const HANDLERS = ["fetch", "event", "scheduled"];

let app = null;
let context = null;

/** Takes the entry module over. Answers which handlers it has: fetch 1, event 2, scheduled 4. */
export function setApp(module, name) {
  app = module.default;
  if ((typeof app !== "object" && typeof app !== "function") || app === null) {
    throw new TypeError(`${name} has no default export; write: export default { async fetch(request, env, ctx) { … } }`);
  }
  const flags = HANDLERS.reduce((sum, handler, i) => sum | (typeof app[handler] === "function" ? 1 << i : 0), 0);
  if (flags === 0) throw new TypeError(`the default export of ${name} has none of the functions fetch, event and scheduled`);
  return flags;
}

function checked(response) {
  if (isSendable(response)) return response;
  const what = response === undefined ? "nothing" : response === null ? "null" : `a value of type ${typeof response}`;
  const returned = response instanceof Response ? "Response.error()" : what;
  throw new TypeError(`the fetch handler must return a Response; it returned ${returned}`);
}

/** Calls the fetch handler with the request that the host holds. Answers what it returns; the job loop waits for a
 *  promise. */
export function startFetch(method, url, body) {
  context = new ExecutionContext();
  if (typeof app.fetch !== "function") throw new TypeError("the app has no fetch handler");
  const returned = app.fetch(requestFromHost(method, url, body), makeEnv(), context);
  return isThenable(returned) ? Promise.resolve(returned) : returned;
}

/** Whether a value that is no promise is waited for like one. */
function isThenable(value) {
  return !(value instanceof Promise) && typeof value?.then === "function";
}

/** What the handler threw: an HttpError becomes its response, anything else is thrown on, after the work that the
 *  handler left to waitUntil. */
export function rescueFetch(thrown) {
  if (thrown instanceof HttpError) return thrown.toResponse();
  if (!hasWork(context)) throw thrown;
  return settle(context).then(() => {
    throw thrown;
  });
}

/** Hands the response over. A promise only when something is left to do: a body that comes bit by bit, or work that
 *  goes on after the response. */
export function finishFetch(response) {
  if (!hasWork(context) && sendIfWhole(response)) return undefined;
  return finishLater(checked(response));
}

async function finishLater(response) {
  try {
    await sendPiecemeal(response);
  } finally {
    await settle(context);
  }
}

/** The same in one piece, for an app's own tests. */
export async function callFetch(request) {
  const own = new ExecutionContext();
  let response;
  try {
    response = await app.fetch(request, makeEnv(), own);
  } catch (thrown) {
    await settle(own);
    if (!(thrown instanceof HttpError)) throw thrown;
    response = thrown.toResponse();
  }
  checked(response);
  // Work that goes on while a body is read must not keep the test from reading it.
  if (isWholeResponse(response)) await settle(own);
  return response;
}

/** Runs the event handler; answers the verdict. What it throws is thrown on. */
export async function callEvent(attributes) {
  if (typeof app.event !== "function") throw new TypeError("the app has no event handler");
  const event = new AppEvent(attributes);
  const own = new ExecutionContext();
  try {
    await app.event(event, makeEnv(), own);
  } finally {
    await settle(own);
  }
  return verdictOf(event);
}

/** The host's call of event-handler. */
export async function handleEvent(id, source, type, time, subject, data, hops, attempt) {
  const attributes = { specversion: "1.0", id, source, type, time, datacontenttype: "application/json", data: JSON.parse(data), hops, attempt };
  if (subject !== null) attributes.subject = subject;
  native.verdict(await callEvent(attributes));
}

/** Runs the scheduled handler. What it throws is thrown on. */
export async function callScheduled(cron, scheduledTime) {
  if (typeof app.scheduled !== "function") throw new TypeError("the app has no scheduled handler");
  const own = new ExecutionContext();
  try {
    await app.scheduled(new ScheduledController(cron, scheduledTime), makeEnv(), own);
  } finally {
    await settle(own);
  }
}

/** A failure for the host: [message, stack]. */
export function failure(thrown) {
  const [message, stack] = describe(thrown);
  return [message + missingGrants(), stack];
}
