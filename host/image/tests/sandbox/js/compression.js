import { expect, test } from "@atoll/sdk/test";

const text = (value) => new TextEncoder().encode(value);
const through = (data, stream) => new Response(new Blob([data]).stream().pipeThrough(stream));
const GZIPPED = Uint8Array.from(atob("H4sIAAAAAAAAA8tIzcnJV8gYJYkgAcFIQlksAQAA"), (c) => c.charCodeAt(0));

test("what others compressed is unpacked", async () => {
  expect(await through(GZIPPED, new DecompressionStream("gzip")).text()).toBe("hello ".repeat(50));
});

test("there and back in every format", async () => {
  const data = text("a line of text, again and again\n".repeat(20_000));
  for (const format of ["gzip", "deflate", "deflate-raw"]) {
    const packed = await through(data, new CompressionStream(format)).bytes();
    expect(packed.length).toBeLessThan(data.length / 50);
    const back = await through(packed, new DecompressionStream(format)).bytes();
    expect([back.length, crypto.subtle.timingSafeEqual(back, data)]).toEqual([data.length, true]);
  }
});

test("in pieces of one byte", async () => {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const writing = (async () => {
    for (const byte of GZIPPED) await writer.write(Uint8Array.of(byte));
    await writer.close();
  })();
  expect(await new Response(stream.readable).text()).toBe("hello ".repeat(50));
  await writing;
});

test("a writer waits for its reader: what unpacks to very much is made piece by piece", async () => {
  const zeros = new ReadableStream({
    pull(controller) {
      this.count = (this.count ?? 0) + 1;
      controller.enqueue(new Uint8Array(65_536));
      if (this.count === 320) controller.close();
    },
  });
  const bomb = await new Response(zeros.pipeThrough(new CompressionStream("deflate"))).bytes();
  expect(bomb.length).toBeLessThan(100_000);
  let largest = 0;
  let total = 0;
  for await (const piece of new Blob([bomb]).stream().pipeThrough(new DecompressionStream("deflate"))) {
    largest = Math.max(largest, piece.length);
    total += piece.length;
  }
  expect([total, largest <= 65_536]).toEqual([320 * 65_536, true]);
});

test("malformed data is an error", async () => {
  const failure = (data, format) => through(data, new DecompressionStream(format)).bytes().then(() => "nothing", (error) => error.name);
  expect(await failure(text("this is no gzip data at all"), "gzip")).toBe("TypeError");
  expect(await failure(GZIPPED.slice(0, -3), "gzip")).toBe("TypeError");
  expect(await failure(new Uint8Array([...GZIPPED, 1, 2, 3]), "gzip")).toBe("TypeError");
  const changed = GZIPPED.slice();
  changed[changed.length - 5] ^= 1;
  expect(await failure(changed, "gzip")).toBe("TypeError");
  expect(() => new CompressionStream("brotli")).toThrow(TypeError);
  const stream = new DecompressionStream("gzip");
  const reading = stream.readable.getReader().read();
  await expect(stream.writable.getWriter().write("text")).rejects.toThrow(TypeError);
  await expect(reading).rejects.toThrow(TypeError);
});

test("texts as streams", async () => {
  const encoded = new ReadableStream({
    start(controller) {
      for (const piece of ["a\ud83d", "\ude00", "é", "\ud83d"]) controller.enqueue(piece);
      controller.close();
    },
  }).pipeThrough(new TextEncoderStream());
  expect([...(await new Response(encoded).bytes())]).toEqual([97, 240, 159, 152, 128, 195, 169, 239, 191, 189]);
  let decoded = "";
  const bytes = new ReadableStream({
    start(controller) {
      for (const byte of text("\ufeffaé😀")) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  for await (const piece of bytes.pipeThrough(new TextDecoderStream())) decoded += piece;
  expect(decoded).toBe("aé😀");
  const fatal = new TextDecoderStream("utf-8", { fatal: true });
  expect([fatal.encoding, fatal.fatal, fatal.ignoreBOM]).toEqual(["utf-8", true, false]);
  await expect(through(Uint8Array.of(0xff), fatal).text()).rejects.toThrow(TypeError);
});
