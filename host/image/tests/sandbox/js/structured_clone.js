import { expect, test } from "@atoll/sdk/test";

test("values", () => {
  const value = { a: [1, , 3], d: new Date(5), r: /x/gi, m: new Map([[{ k: 1 }, new Set([1])]]), n: null, u: undefined, b: 5n, o: Object("s"), i: -0 };
  const copy = structuredClone(value);
  expect(copy).toEqual(value);
  expect(copy).not.toBe(value);
  expect([copy.d instanceof Date, copy.r.flags, copy.m instanceof Map, 1 in copy.a, Object.is(copy.i, -0), "u" in copy, copy.o instanceof String]).toEqual([true, "gi", true, false, true, true, true]);
});

test("cycles and shared parts", () => {
  const value = { list: [] };
  value.self = value;
  value.list.push(value, value.list);
  const copy = structuredClone(value);
  expect([copy.self === copy, copy.list[0] === copy, copy.list[1] === copy.list, copy !== value]).toEqual([true, true, true, true]);
});

test("buffers", () => {
  const buffer = new Uint8Array([1, 2, 3, 4]).buffer;
  const [a, b] = structuredClone([new Uint8Array(buffer, 1, 2), new Uint16Array(buffer)]);
  expect([[...a], a.byteOffset, a.buffer === b.buffer, a.buffer === buffer, b.length]).toEqual([[2, 3], 1, true, false, 2]);
  const moved = structuredClone(buffer, { transfer: [buffer] });
  expect([moved.byteLength, buffer.byteLength]).toEqual([4, 0]);
  const growing = structuredClone(new Uint8Array(new ArrayBuffer(2, { maxByteLength: 8 }))).buffer;
  expect([growing.byteLength, growing.maxByteLength]).toEqual([2, 8]);
  expect(() => structuredClone()).toThrow(TypeError);
});

test("errors", () => {
  const copy = structuredClone(Object.assign(new RangeError("far", { cause: new Error("near") }), { extra: 1 }));
  expect([copy instanceof RangeError, copy.name, copy.message, copy.cause.message, copy.extra]).toEqual([true, "RangeError", "far", "near", undefined]);
  expect(structuredClone(new DOMException("m", "AbortError")).name).toBe("AbortError");
});

test("what cannot be cloned", () => {
  for (const value of [() => 1, Symbol("s"), { f() {} }, new Map([[1, () => 1]]), Promise.resolve(), new WeakMap(), new Headers(), new Response(), new URL("http://a")]) {
    let name = "none";
    try {
      structuredClone(value);
    } catch (e) {
      name = e instanceof DOMException ? e.name : String(e);
    }
    expect(name).toBe("DataCloneError");
  }
  class Point {
    x = 1;
    #y = 2;
    get z() {
      return 3;
    }
  }
  expect(structuredClone(new Point())).toEqual({ x: 1 });
  expect(Object.getPrototypeOf(structuredClone(new Point()))).toBe(Object.prototype);
  expect(Object.keys(structuredClone(JSON.parse('{"__proto__":1}')))).toEqual(["__proto__"]);
});
