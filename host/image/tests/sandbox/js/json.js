import { expect, test } from "@atoll/sdk/test";

// With a replacer it is QuickJS's own that runs.
const standard = (value) => JSON.stringify(value, (_, item) => item);

test("the same text as the engine's own", () => {
  class Point {
    constructor() {
      this.x = 1;
      this.y = -0;
    }
    get hidden() {
      return 1;
    }
  }
  const shared = { a: 1 };
  const values = [
    null, true, false, 0, -0, 1, -1, 2147483647, -2147483648, 4294967296, 1.5, -1e21, 1e-7, NaN, Infinity, -Infinity, 0.1 + 0.2,
    "", "plain", "ü€😀", 'a"b\\c/d', "\b\t\n\f\r\u0000\u001f\u007f\u2028", "\ud800", "x\udc00y", "\ud83d\ude00\ud83d", "12345678\"1234567\u00012345678\\",
    [], {}, [[]], [{}], [1, [2, [3, [4]]]], [undefined, () => 1, Symbol("s")], { u: undefined, f() {}, s: Symbol("s"), [Symbol("k")]: 1, v: 1 },
    { b: 1, a: 2, 10: 3, 2: 4, "-1": 5, "": 6, "é": 7, 'q"': 8 }, new Point(), [new Point(), new Point()], [shared, shared, { shared }],
    new Date(0), { at: new Date(86400000) }, [, 1, , 2], Object.create({ inherited: 1 }), Object.assign(Object.create(null), { a: 1 }),
    { toJSON: () => ({ replaced: [1] }) }, { toJSON: 5 }, [{ toJSON: (key) => `key ${key}` }], { k: { toJSON: (key) => [key] } }, { k: { toJSON: () => undefined }, l: 1 },
    new Number(3), new String("boxed"), new Boolean(false), { n: new Number(1), s: new String("x") }, new Map([[1, 2]]), new Set([1]), /re/g, new Error("e"),
    new Uint8Array([1, 2]), Object.freeze([1]), new Proxy({ a: 1, b: [2] }, {}), new Proxy([1, 2], {}), function () {}, class {}, undefined, Symbol("x"), new URL("http://a/b"),
    { get computed() { return { x: [1] }; } }, "x".repeat(100) + "y".repeat(100), { rope: "a".repeat(2000) + "b" }, (() => { const a = [1]; a.extra = 2; return a; })(),
    Array.from({ length: 100 }, (_, i) => ({ id: i, title: `todo ${i}`, done: i % 2 === 0, [`key${i % 40}`]: i / 3 })),
  ];
  for (const value of values) expect(JSON.stringify(value)).toBe(standard(value));
  let deep = 1;
  for (let i = 0; i < 300; i++) deep = i % 2 ? [deep] : { deep };
  expect(JSON.stringify(deep)).toBe(standard(deep));
  expect(JSON.parse(JSON.stringify({ a: ["\ud800", "😀", 1e300] }))).toEqual({ a: ["\ud800", "😀", 1e300] });
});

test("order of effects", () => {
  const seen = [];
  const watched = {
    get a() { seen.push("a"); delete this.b; this.d = 1; return { toJSON: (key) => (seen.push(`toJSON ${key}`), 1) }; },
    get b() { seen.push("b"); return 2; },
    c: [{ toJSON: (key) => (seen.push(`toJSON ${key}`), 3) }],
  };
  expect(JSON.stringify(watched)).toBe('{"a":1,"c":[3]}');
  expect(seen).toEqual(["a", "toJSON a", "toJSON 0"]);
});

test("what has no text", () => {
  const circle = { a: [] };
  circle.a.push(circle);
  expect(() => JSON.stringify(circle)).toThrow(TypeError);
  expect(() => JSON.stringify({ n: 1n })).toThrow(TypeError);
  expect(() => JSON.stringify({ get x() { throw new RangeError("mine"); } })).toThrow(RangeError);
  expect(() => JSON.stringify({ toJSON() { throw new RangeError("mine"); } })).toThrow(RangeError);
  BigInt.prototype.toJSON = function () { return `${this}`; };
  expect(JSON.stringify([1n])).toBe('["1"]');
  delete BigInt.prototype.toJSON;
});

test("replacer and indentation are the engine's own", () => {
  expect(JSON.stringify({ a: [1, { b: 2 }] }, null, 2)).toBe('{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ]\n}');
  expect(JSON.stringify({ a: 1, b: 2 }, ["b"])).toBe('{"b":2}');
  expect([JSON.stringify.name, JSON.stringify.length, Object.keys(JSON)]).toEqual(["stringify", 3, []]);
});
