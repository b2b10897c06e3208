import { expect, test } from "@atoll/sdk/test";

const text = (stream) => new Response(stream).text();
const bytes = (s) => new TextEncoder().encode(s);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const all = async (stream) => {
  const seen = [];
  for await (const item of stream) seen.push(item);
  return seen;
};

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
      await sleep(1);
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
  await expect(reader.read()).rejects.toThrow(TypeError);
  expect(await all(stream)).toEqual([2]);
});

test("errors and cancellation", async () => {
  let cancelled;
  await new ReadableStream({ cancel: (reason) => void (cancelled = reason) }).cancel("why");
  expect(cancelled).toBe("why");
  await expect(text(new ReadableStream({ pull: () => Promise.reject(new Error("broken")) }))).rejects.toThrow("broken");
  await expect(text(ReadableStream.from([5]))).rejects.toThrow(TypeError);
  // Leaving an iteration cancels.
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(1), cancel: (reason) => void (cancelled = ["left", reason]) });
  for await (const item of endless) if (item) break;
  expect([cancelled, endless.locked]).toEqual([["left", undefined], false]);
  const kept = ReadableStream.from([1, 2, 3]);
  for await (const item of kept.values({ preventCancel: true })) if (item === 1) break;
  expect(await all(kept)).toEqual([2, 3]);
});

test("queues push back", async () => {
  let pulls = 0;
  const stream = new ReadableStream({ pull: (controller) => controller.enqueue(++pulls) }, new CountQueuingStrategy({ highWaterMark: 3 }));
  await sleep(1);
  expect(pulls).toBe(3);
  const reader = stream.getReader();
  expect((await reader.read()).value).toBe(1);
  await sleep(1);
  expect(pulls).toBe(4);
  let controller;
  new ReadableStream({ start: (c) => void (controller = c) }, new ByteLengthQueuingStrategy({ highWaterMark: 10 }));
  const sizes = [controller.desiredSize];
  controller.enqueue(new Uint8Array(7));
  controller.enqueue(new Uint8Array(7));
  sizes.push(controller.desiredSize);
  controller.close();
  expect(() => controller.enqueue(1)).toThrow(TypeError);
  expect(sizes).toEqual([10, -4]);
});

test("tee", async () => {
  const [a, b] = ReadableStream.from([bytes("x"), bytes("y")]).tee();
  expect([await text(a), await text(b)]).toEqual(["xy", "xy"]);
  // The slower branch holds what the faster one has read, and no more is pulled than the faster one asks for.
  let pulls = 0;
  const source = new ReadableStream({ pull: (controller) => controller.enqueue(++pulls) }, { highWaterMark: 0 });
  const [fast, slow] = source.tee().map((branch) => branch.getReader());
  for (let i = 1; i <= 5; i++) expect((await fast.read()).value).toBe(i);
  await sleep(1);
  expect(pulls <= 6).toBe(true);
  for (let i = 1; i <= 5; i++) expect((await slow.read()).value).toBe(i);
  // Only when both have left is the source cancelled, with both reasons.
  let reasons;
  const [left, right] = new ReadableStream({ cancel: (reason) => void (reasons = reason) }).tee();
  const first = left.cancel("one");
  await sleep(1);
  expect(reasons).toBe(undefined);
  await Promise.all([first, right.cancel("two")]);
  expect(reasons).toEqual(["one", "two"]);
  const copy = new Response(ReadableStream.from([bytes("z")]));
  const other = copy.clone();
  expect([await copy.text(), await other.text()]).toEqual(["z", "z"]);
});

test("byte streams", async () => {
  const source = () => {
    let n = 0;
    return new ReadableStream({
      type: "bytes",
      pull(controller) {
        n += 1;
        if (n > 3) {
          controller.close();
          return controller.byobRequest?.respond(0);
        }
        const view = controller.byobRequest?.view;
        if (!view) return controller.enqueue(new Uint8Array([n, n]));
        new Uint8Array(view.buffer, view.byteOffset)[0] = n;
        controller.byobRequest.respond(1);
      },
    });
  };
  expect((await all(source())).map((chunk) => [...chunk])).toEqual([[1, 1], [2, 2], [3, 3]]);
  const reader = source().getReader({ mode: "byob" });
  const seen = [];
  let buffer = new ArrayBuffer(4);
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(buffer));
    expect(buffer.byteLength).toBe(0);
    if (done) break;
    seen.push([...value]);
    buffer = value.buffer;
  }
  expect(seen).toEqual([[1], [2], [3]]);
  const [a, b] = source().tee();
  expect([...(await new Response(a).bytes())]).toEqual([...(await new Response(b).bytes())]);
  expect(() => ReadableStream.from([1]).getReader({ mode: "byob" })).toThrow(TypeError);
  const filling = source().getReader({ mode: "byob" });
  expect([...(await filling.read(new Uint8Array(8), { min: 2 })).value].length >= 2).toBe(true);
});

test("writing", async () => {
  const written = [];
  const sink = new WritableStream({
    async write(chunk) {
      await sleep(5);
      written.push(chunk);
    },
    close: () => void written.push("closed"),
  });
  const writer = sink.getWriter();
  expect(writer.desiredSize).toBe(1);
  const first = writer.write(1);
  expect(writer.desiredSize).toBe(0);
  await writer.ready;
  await first;
  writer.write(2);
  await writer.close();
  expect(written).toEqual([1, 2, "closed"]);
  await expect(writer.write(3)).rejects.toThrow(TypeError);
  let aborted;
  const other = new WritableStream({ abort: (reason) => void (aborted = reason) });
  await other.abort("stop");
  expect(aborted).toBe("stop");
  const failing = new WritableStream({ write: () => Promise.reject(new RangeError("full")) }).getWriter();
  await expect(failing.write(1)).rejects.toThrow("full");
  await expect(failing.closed).rejects.toThrow("full");
});

test("transforming", async () => {
  const doubled = new TransformStream({
    start: (controller) => controller.enqueue("start"),
    transform: (chunk, controller) => controller.enqueue(chunk * 2),
    flush: (controller) => controller.enqueue("end"),
  });
  expect(await all(ReadableStream.from([1, 2, 3]).pipeThrough(doubled))).toEqual(["start", 2, 4, 6, "end"]);
  const identity = new TransformStream();
  const writer = identity.writable.getWriter();
  const reading = all(identity.readable);
  await writer.write("a");
  await writer.close();
  expect(await reading).toEqual(["a"]);
  const broken = ReadableStream.from([1]).pipeThrough(new TransformStream({ transform: () => Promise.reject(new Error("cannot")) }));
  await expect(all(broken)).rejects.toThrow("cannot");
  const ended = new TransformStream({ transform: (chunk, controller) => (chunk === 2 ? controller.terminate() : controller.enqueue(chunk)) });
  expect(await all(ReadableStream.from([1, 2, 3]).pipeThrough(ended, { preventCancel: true }))).toEqual([1]);
});

test("piping", async () => {
  const written = [];
  const sink = () => new WritableStream({ write: (chunk) => void written.push(chunk), close: () => void written.push("closed"), abort: (reason) => void written.push(`aborted: ${reason.message}`) });
  await ReadableStream.from([1, 2]).pipeTo(sink());
  expect(written.splice(0)).toEqual([1, 2, "closed"]);
  await expect(new ReadableStream({ pull: () => Promise.reject(new Error("dry")) }).pipeTo(sink())).rejects.toThrow("dry");
  expect(written.splice(0)).toEqual(["aborted: dry"]);
  let cancelled;
  const source = new ReadableStream({ pull: (controller) => controller.enqueue(1), cancel: (reason) => void (cancelled = reason.message) });
  await expect(source.pipeTo(new WritableStream({ write: () => Promise.reject(new Error("full")) }))).rejects.toThrow("full");
  expect(cancelled).toBe("full");
  const controller = new AbortController();
  const piping = new ReadableStream({}).pipeTo(sink(), { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(piping).rejects.toThrow("enough");
  expect(written).toEqual(["aborted: enough"]);
  // A slow sink slows the source down.
  let pulls = 0;
  const paced = new ReadableStream({ pull: (c) => (++pulls > 20 ? c.close() : c.enqueue(pulls)) }, { highWaterMark: 0 });
  let lead = 0;
  let done = 0;
  await paced.pipeTo(new WritableStream({ write: async () => { await sleep(1); lead = Math.max(lead, pulls - ++done); } }));
  expect([done, lead <= 2]).toEqual([20, true]);
});

test("from whatever can be iterated", async () => {
  let returned = false;
  async function* numbers() {
    try {
      yield 1;
      await sleep(1);
      yield 2;
      yield 3;
    } finally {
      returned = true;
    }
  }
  expect(await all(ReadableStream.from(numbers()))).toEqual([1, 2, 3]);
  expect(await all(ReadableStream.from(new Set(["a", "b"])))).toEqual(["a", "b"]);
  expect(await all(ReadableStream.from([Promise.resolve(1), 2]))).toEqual([1, 2]);
  const reader = ReadableStream.from(numbers()).getReader();
  returned = false;
  await reader.read();
  await reader.cancel();
  expect(returned).toBe(true);
  expect(() => ReadableStream.from(null)).toThrow(TypeError);
  await expect(all(ReadableStream.from((function* () { throw new RangeError("early"); })()))).rejects.toThrow("early");
});

test("bodies are streams, and streams are bodies", async () => {
  const whole = new Response("whole");
  expect([whole.body instanceof ReadableStream, whole.body === whole.body, whole.bodyUsed]).toEqual([true, true, false]);
  expect([await whole.text(), whole.bodyUsed, whole.body.locked]).toEqual(["whole", true, true]);
  const read = new Response("read");
  expect((await all(read.body)).map((chunk) => new TextDecoder().decode(chunk))).toEqual(["read"]);
  await expect(read.text()).rejects.toThrow(TypeError);
  const started = new Response("started");
  const reader = started.body.getReader();
  await expect(started.text()).rejects.toThrow(TypeError);
  expect(() => started.clone()).toThrow(TypeError);
  reader.releaseLock();
  expect(await started.text()).toBe("started");
  const stream = ReadableStream.from([bytes("s")]);
  const response = new Response(stream);
  expect(response.body).toBe(stream);
  expect(() => new Response((stream.getReader(), stream))).toThrow(TypeError);
  const first = new Response("moved");
  const second = new Response(first.body);
  expect([await second.text(), first.bodyUsed]).toEqual(["moved", true]);
  const byob = new Response("byob").body.getReader({ mode: "byob" });
  expect(new TextDecoder().decode((await byob.read(new Uint8Array(9))).value)).toBe("byob");
  expect(await new Response((async function* () { yield bytes("iter"); yield bytes("ated"); })()).text()).toBe("iterated");
  const request = new Request("http://a/", { method: "POST", body: ReadableStream.from([bytes("up")]), duplex: "half" });
  const derived = new Request(request);
  expect([request.bodyUsed, await derived.text()]).toEqual([true, "up"]);
});

test("the interfaces are there", () => {
  const names = ["ByteLengthQueuingStrategy", "CountQueuingStrategy", "ReadableByteStreamController", "ReadableStream", "ReadableStreamBYOBReader",
    "ReadableStreamBYOBRequest", "ReadableStreamDefaultController", "ReadableStreamDefaultReader", "TransformStream", "TransformStreamDefaultController",
    "WritableStream", "WritableStreamDefaultController", "WritableStreamDefaultWriter"];
  for (const name of names) {
    expect([typeof globalThis[name], globalThis[name].name]).toEqual(["function", name]);
    expect(Object.prototype.propertyIsEnumerable.call(globalThis, name)).toBe(false);
  }
  expect(() => new ReadableStreamDefaultController()).toThrow(TypeError);
  expect(String(new TransformStream())).toBe("[object TransformStream]");
});
