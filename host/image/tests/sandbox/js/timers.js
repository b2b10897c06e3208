import { expect, test } from "@atoll/sdk/test";

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

test("order by time, then by creation", async () => {
  const seen = [];
  for (const [name, delay] of [["c", 30], ["a", 10], ["b", 10], ["now", 0]]) setTimeout(() => seen.push(name), delay);
  await sleep(40);
  expect(seen).toEqual(["now", "a", "b", "c"]);
});

test("microtasks come before timers", async () => {
  const seen = [];
  setTimeout(() => seen.push("timer"), 0);
  queueMicrotask(() => seen.push("microtask"));
  Promise.resolve().then(() => seen.push("promise"));
  seen.push("now");
  await sleep(1);
  expect(seen).toEqual(["now", "microtask", "promise", "timer"]);
});

test("clearing", async () => {
  let ticks = 0;
  const interval = setInterval(() => (ticks += 1) === 2 && clearInterval(interval), 5);
  clearTimeout(setTimeout(() => (ticks = 100), 1));
  clearTimeout(undefined);
  clearTimeout(12345);
  await sleep(50);
  expect(ticks).toBe(2);
});

test("arguments and misuse", async () => {
  let got;
  setTimeout((...values) => (got = values), 0, 1, "b");
  await sleep(0);
  expect(got).toEqual([1, "b"]);
  expect(() => setTimeout("code", 1)).toThrow(TypeError);
  expect(typeof setTimeout(() => {})).toBe("number");
});
