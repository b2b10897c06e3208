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
});

test("details, errors and misuse", () => {
  expect(new CustomEvent("a", { detail: { x: 1 } }).detail).toEqual({ x: 1 });
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
});
