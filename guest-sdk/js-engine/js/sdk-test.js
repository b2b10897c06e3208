// "@atoll/sdk/test": tests that run in the sandbox, each in an instance of its own.
import { callEvent, callFetch, callScheduled } from "internal:dispatch";
import { describe } from "internal:failure";
import { asIncoming } from "internal:request";
import { makeEnv } from "internal:env";
import { watchPublished } from "internal:bus";
export { expect } from "internal:expect";

const tests = new Map();
let seen = [];
let events = 0;

export function test(name, run) {
  name = `${name}`;
  if (typeof run !== "function") throw new TypeError(`test(${JSON.stringify(name)}) needs a function`);
  if (tests.has(name)) throw new Error(`there are two tests with the name ${JSON.stringify(name)}`);
  tests.set(name, run);
}
export const it = test;

export const app = {
  /** Calls the app's fetch handler, as a request would. A path is taken below http://test.localhost. */
  async fetch(input, init) {
    const request = new Request(input instanceof Request ? input : new URL(input, "http://test.localhost/"), init);
    return callFetch(asIncoming(request));
  },
  /** Calls the app's event handler. Answers { outcome: "done" | "retry" | "reject", reason? }. */
  async event(type, data = null, init = {}) {
    events += 1;
    const attributes = {
      specversion: "1.0",
      id: `test-${events}`,
      source: "/apps/test",
      type: `${type}`,
      time: new Date().toISOString(),
      datacontenttype: "application/json",
      hops: 0,
      attempt: 1,
      ...init,
      data: JSON.parse(JSON.stringify(data)),
    };
    let verdict;
    try {
      verdict = await callEvent(attributes);
    } catch (thrown) {
      verdict = ["retry", describe(thrown)[0]];
    }
    return verdict[1] === undefined ? { outcome: verdict[0] } : { outcome: verdict[0], reason: verdict[1] };
  },
  /** Calls the app's scheduled handler, as if one of its schedules were due. */
  async scheduled(cron, scheduledTime = Date.now()) {
    const time = Number(scheduledTime);
    if (!Number.isFinite(time)) throw new TypeError("the time of a scheduled run is a Date or milliseconds since 1970");
    return callScheduled(`${cron}`, time);
  },
};

/** The events that the app published in this test: { id, type, data }. */
export function published(type) {
  return type === undefined ? [...seen] : seen.filter((event) => event.type === type);
}

export function testNames() {
  return [...tests.keys()];
}

export async function runTest(name) {
  const run = tests.get(name);
  if (!run) throw new Error(`there is no test with the name ${JSON.stringify(name)}`);
  seen = [];
  watchPublished((event) => seen.push(event));
  await run(makeEnv());
}
