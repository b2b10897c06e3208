import { expect, test } from "@atoll/sdk/test";

test("AbortController", () => {
  const controller = new AbortController();
  const seen = [];
  controller.signal.addEventListener("abort", () => seen.push("listener"));
  controller.signal.onabort = () => seen.push("attribute");
  controller.abort("why");
  controller.abort("again");
  expect([controller.signal.aborted, controller.signal.reason, seen]).toEqual([true, "why", ["listener", "attribute"]]);
  expect(() => controller.signal.throwIfAborted()).toThrow();
  expect(() => new AbortSignal()).toThrow(TypeError);
});

test("signals made otherwise", async () => {
  expect(AbortSignal.abort().reason.name).toBe("AbortError");
  const timed = AbortSignal.timeout(50);
  expect(timed.aborted).toBe(false);
  await new Promise((done) => timed.addEventListener("abort", done));
  expect(timed.reason.name).toBe("TimeoutError");
});

test("AbortSignal.any", () => {
  const [a, b] = [new AbortController(), new AbortController()];
  const any = AbortSignal.any([a.signal, b.signal]);
  b.abort("b");
  a.abort("a");
  expect([any.aborted, any.reason]).toEqual([true, "b"]);
  expect(AbortSignal.any([AbortSignal.abort(1)]).reason).toBe(1);
  expect(AbortSignal.any([]).aborted).toBe(false);
});

test("signals that follow others", () => {
  const controller = new AbortController();
  const seen = [];
  const inner = AbortSignal.any([controller.signal]);
  const outer = AbortSignal.any([inner, new AbortController().signal]);
  outer.addEventListener("abort", () => seen.push("outer"));
  inner.addEventListener("abort", () => seen.push("inner"));
  controller.abort();
  expect([outer.aborted, outer.reason === controller.signal.reason, outer.reason.name, seen.sort()]).toEqual([true, true, "AbortError", ["inner", "outer"]]);
  expect(() => AbortSignal.any([1])).toThrow(TypeError);
  const timed = AbortSignal.timeout(10);
  expect(AbortSignal.any([timed]).aborted).toBe(false);
});
