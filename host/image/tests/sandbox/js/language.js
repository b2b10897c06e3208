import { expect, test } from "@atoll/sdk/test";

test("modern syntax and built-ins", async () => {
  class A {
    static #count = 0;
    #x = 1;
    static {
      A.#count = 5;
    }
    has(o) {
      return #x in o;
    }
    static get count() {
      return A.#count;
    }
  }
  expect([A.count, new A().has(new A()), new A().has({})]).toEqual([5, true, false]);
  expect([1, 2, 3].at(-1) + Object.groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even")).odd.length).toBe(5);
  expect([[3, 1, 2].toSorted(), new Set([1, 2]).union(new Set([3])).size, "a-b".replaceAll("-", "+"), [1, [2]].flat()]).toEqual([[1, 2, 3], 3, "a+b", [1, 2]]);
  expect(/(?<year>\d{4})/u.exec("in 2026").groups.year).toBe("2026");
  expect("aXbX".match(/x/gi).length + [..."😀é"].length).toBe(4);
  async function* numbers() {
    yield* [1, 2];
  }
  const seen = [];
  for await (const n of numbers()) seen.push(n);
  expect(seen).toEqual([1, 2]);
  expect(2n ** 64n).toBe(18446744073709551616n);
  expect((await Promise.allSettled([1, Promise.reject(2)])).map((r) => r.status)).toEqual(["fulfilled", "rejected"]);
});

test("dates", () => {
  expect(new Date("2026-03-04T05:06:07.008Z").getTime()).toBe(1772600767008);
  expect(new Date(Date.UTC(2026, 0, 31)).toISOString()).toBe("2026-01-31T00:00:00.000Z");
  expect(new Date(2026, 0, 1).getTimezoneOffset()).toBe(0);
  expect(Math.abs(Date.now() - new Date().getTime()) < 1000).toBe(true);
  expect(Date.now()).toBeGreaterThan(1700000000000);
});

test("globals", () => {
  for (const name of ["AbortController", "Blob", "CustomEvent", "DOMException", "File", "FormData", "Headers", "ReadableStream", "Request", "Response", "TextDecoder", "TextEncoder", "URL", "URLSearchParams", "atob", "btoa", "crypto", "fetch", "navigator", "performance", "queueMicrotask", "self", "structuredClone"]) {
    expect([name, name in globalThis]).toEqual([name, true]);
  }
  for (const name of ["process", "require", "window", "document", "__native", "native"]) expect([name, name in globalThis]).toEqual([name, false]);
  expect(navigator.userAgent).toBe("Atoll");
  expect(performance.now()).toBeGreaterThanOrEqual(0);
  expect(Math.abs(performance.timeOrigin - Date.now())).toBeLessThan(5000);
  expect(() => eval("1")).toThrow(EvalError);
  expect(() => new Function("1")).toThrow(EvalError);
  expect((() => 1) instanceof Function).toBe(true);
});

test("crypto", () => {
  const bytes = crypto.getRandomValues(new Uint32Array(8));
  expect(new Set(bytes).size).toBeGreaterThan(4);
  expect(() => crypto.getRandomValues(new Float32Array(1))).toThrow(DOMException);
  expect(() => crypto.getRandomValues(new Uint8Array(65537))).toThrow("65536");
  expect(crypto.randomUUID()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("dynamic import finds what is loaded and nothing else", async () => {
  expect((await import("@atoll/sdk")).HttpError.name).toBe("HttpError");
  await expect(import("nowhere")).rejects.toThrow("cannot find the module");
  await expect(import("internal:native")).rejects.toThrow("cannot find the module");
});
