import { expect, test } from "@atoll/sdk/test";

const text = (stream) => new Response(stream).text();
const bytes = (s) => new TextEncoder().encode(s);

test("pushed and pulled", async () => {
  const pushed = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes("a"));
      controller.enqueue(bytes("b"));
      controller.close();
    },
  });
  expect(await text(pushed)).toBe("ab");
  let n = 0;
  const pulled = new ReadableStream({
    async pull(controller) {
      n += 1;
      await new Promise((done) => setTimeout(done, 1));
      n > 3 ? controller.close() : controller.enqueue(bytes(String(n)));
    },
  });
  expect(await text(pulled)).toBe("123");
});

test("readers lock", async () => {
  const stream = ReadableStream.from([1, 2]);
  const reader = stream.getReader();
  expect([stream.locked, await reader.read()]).toEqual([true, { value: 1, done: false }]);
  expect(() => stream.getReader()).toThrow(TypeError);
  reader.releaseLock();
  const rest = [];
  for await (const item of stream) rest.push(item);
  expect(rest).toEqual([2]);
});

test("tee, cancel and errors", async () => {
  const [a, b] = ReadableStream.from([bytes("x"), bytes("y")]).tee();
  expect([await text(a), await text(b)]).toEqual(["xy", "xy"]);
  let cancelled;
  await new ReadableStream({ cancel: (reason) => void (cancelled = reason) }).cancel("why");
  expect(cancelled).toBe("why");
  await expect(text(new ReadableStream({ pull: () => Promise.reject(new Error("broken")) }))).rejects.toThrow("broken");
  await expect(text(ReadableStream.from([5]))).rejects.toThrow(TypeError);
  const copy = new Response(ReadableStream.from([bytes("z")]));
  const other = copy.clone();
  expect([await copy.text(), await other.text()]).toEqual(["z", "z"]);
});
