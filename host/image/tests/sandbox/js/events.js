import { expect, test } from "@atoll/sdk/test";

test("listeners", () => {
  const target = new EventTarget();
  const seen = [];
  const first = (event) => seen.push(`first ${event.type} ${event.target === target}`);
  target.addEventListener("a", first);
  target.addEventListener("a", first);
  target.addEventListener("a", { handleEvent: () => seen.push("object") }, { once: true });
  target.dispatchEvent(new Event("a"));
  target.dispatchEvent(new Event("a"));
  target.removeEventListener("a", first);
  target.dispatchEvent(new Event("a"));
  expect(seen).toEqual(["first a true", "object", "first a true"]);
});

test("cancelling and stopping", () => {
  const target = new EventTarget();
  target.addEventListener("a", (event) => event.preventDefault());
  expect([target.dispatchEvent(new Event("a")), target.dispatchEvent(new Event("a", { cancelable: true }))]).toEqual([true, false]);
  let late = false;
  target.addEventListener("b", (event) => event.stopImmediatePropagation());
  target.addEventListener("b", () => (late = true));
  target.dispatchEvent(new Event("b"));
  expect(late).toBe(false);
  const stopped = new Event("a", { cancelable: true });
  stopped.cancelBubble = true;
  expect([stopped.cancelBubble, target.dispatchEvent(stopped), target.dispatchEvent(stopped)]).toEqual([true, true, false]);
  const event = new Event("a", { cancelable: true });
  event.returnValue = false;
  expect([event.defaultPrevented, event.returnValue]).toEqual([true, false]);
  event.initEvent("b", true);
  expect([event.type, event.bubbles, event.cancelable, event.defaultPrevented]).toEqual(["b", true, false, false]);
});

test("details, errors and misuse", () => {
  expect(new CustomEvent("a", { detail: { x: 1 } }).detail).toEqual({ x: 1 });
  const custom = new CustomEvent("a");
  custom.initCustomEvent("b", false, true, 7);
  expect([custom.type, custom.cancelable, custom.detail]).toEqual(["b", true, 7]);
  const target = new EventTarget();
  let after = false;
  target.addEventListener("a", () => {
    throw new Error("in a listener");
  });
  target.addEventListener("a", () => (after = true));
  target.dispatchEvent(new Event("a"));
  expect(after).toBe(true);
  expect(() => new Event()).toThrow(TypeError);
  expect(() => target.dispatchEvent({})).toThrow(TypeError);
  expect(() => target.addEventListener("a", 5)).toThrow(TypeError);
});
