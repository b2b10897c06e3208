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
