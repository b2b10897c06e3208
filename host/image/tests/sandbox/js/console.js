import { expect, test } from "@atoll/sdk/test";

// That lines arrive is tested from outside; here: that no method throws, whatever it is given.
const circular = { a: 1 };
circular.self = circular;
const values = [undefined, null, 1, -0, 5n, "s", Symbol("y"), () => 1, class A {}, [1, [2, [3, [4, [5]]]]], circular, new Map([[1, circular]]), new Set([1]), new Date(NaN), /x/g, new Error("e"), new Uint8Array(200), new ArrayBuffer(2), Promise.resolve(), new Headers({ a: "b" }), new URL("http://a"), Object.create(null), new Proxy({}, {}), "x".repeat(20000)];

test("every method takes every value", () => {
  for (const name of ["log", "info", "debug", "warn", "error", "trace", "dir", "dirxml", "table", "group", "groupEnd", "assert"]) {
    for (const value of values) console[name](value);
    console[name](...values);
    console[name]();
  }
});

test("formats", () => {
  for (const format of ["%s %d %i %f %o %O %j %c %% %", "%", "%s"]) for (const value of values.filter((v) => typeof v !== "bigint" && v !== circular)) console.log(format, value, value);
});

test("counters and timers", () => {
  console.count();
  console.count("x");
  console.countReset("x");
  console.time("t");
  console.timeLog("t", 1);
  console.timeEnd("t");
  console.timeEnd("unknown");
  console.clear();
  expect(Object.prototype.toString.call(console)).toBe("[object console]");
});
