import { expect, test } from "@atoll/sdk/test";

test("the global object is an EventTarget, and errors are reported to it", () => {
  const seen = [];
  addEventListener("error", (event) => {
    seen.push([event instanceof ErrorEvent, event.message, event.error.message]);
    event.preventDefault();
  });
  reportError(new Error("reported"));
  const target = new EventTarget();
  target.addEventListener("x", () => {
    throw new TypeError("thrown");
  });
  target.dispatchEvent(new Event("x"));
  expect(seen).toEqual([[true, "Error: reported", "reported"], [true, "TypeError: thrown", "thrown"]]);
  expect(globalThis instanceof EventTarget && self === globalThis).toBe(true);
});

test("onerror gets the parts of an error, and prevents by answering true", () => {
  const seen = [];
  globalThis.onerror = (...parts) => seen.push([...parts.slice(0, 4), parts[4].name]) === 2;
  const init = { message: "m", filename: "f", lineno: 1, colno: 2, error: new RangeError("far"), cancelable: true };
  expect([dispatchEvent(new ErrorEvent("error", init)), dispatchEvent(new ErrorEvent("error", init))]).toEqual([true, false]);
  expect(seen).toEqual([["m", "f", 1, 2, "RangeError"], ["m", "f", 1, 2, "RangeError"]]);
  globalThis.onerror = 5;
  expect(globalThis.onerror).toBe(null);
});

test("kinds of events", () => {
  const message = new MessageEvent("message", { data: { a: 1 }, origin: "x" });
  expect([message.data, message.origin, message.ports, message.source]).toEqual([{ a: 1 }, "x", [], null]);
  const error = new ErrorEvent("error", { message: "m", filename: "f", lineno: 3, colno: 4, error: 5 });
  expect([error.message, error.filename, error.lineno, error.colno, error.error]).toEqual(["m", "f", 3, 4, 5]);
  const promise = Promise.resolve();
  const rejection = new PromiseRejectionEvent("unhandledrejection", { promise, reason: 1 });
  expect([rejection.promise === promise, rejection.reason]).toEqual([true, 1]);
  expect([Event.AT_TARGET, String(message)]).toEqual([2, "[object MessageEvent]"]);
  const target = new EventTarget();
  const event = new Event("x");
  target.dispatchEvent(event);
  expect([event.target === target, event.currentTarget, event.eventPhase]).toEqual([true, null, 0]);
});

test("a channel carries copies, in order", async () => {
  const { port1, port2 } = new MessageChannel();
  const seen = [];
  const sent = { list: [1] };
  port1.postMessage(sent);
  sent.list.push(2);
  port1.postMessage("second");
  await new Promise((done) => {
    port2.onmessage = ({ data }) => {
      seen.push(data);
      if (seen.length === 2) done();
    };
  });
  expect(seen).toEqual([{ list: [1] }, "second"]);
  expect(() => port1.postMessage(() => 1)).toThrow(DOMException);
  expect(() => new MessagePort()).toThrow(TypeError);
});

test("performance and navigator", async () => {
  const start = performance.now();
  await new Promise((done) => setTimeout(done, 5));
  expect(performance.now()).toBeGreaterThan(start);
  expect(Math.abs(performance.timeOrigin + performance.now() - Date.now())).toBeLessThan(1000);
  expect(performance instanceof Performance && performance instanceof EventTarget).toBe(true);
  expect(() => new Performance()).toThrow(TypeError);
  expect(navigator.userAgent).toBe("Atoll");
});

test("a multipart body is cut where a line begins with its boundary", async () => {
  const decode = (...lines) =>
    new Response(lines.join("\r\n"), { headers: { "content-type": "multipart/form-data; boundary=b" } }).formData();
  const file = ['content-disposition: form-data; name="f%22"; filename="ü.txt"', "Content-Type: text/plain", "", ""];
  const form = await decode("preamble", "--b", 'Content-Disposition: form-data; name="a"', "", "x --b y", "--b", ...file, "--b--", "epilogue");
  expect(form.get("a")).toBe("x --b y");
  const { name, type, size } = form.get('f"');
  expect([name, type, size]).toEqual(["ü.txt", "text/plain", 0]);
  for (const bad of [["--b"], ["no boundary"], ["--b", "content-disposition: form-data", "", "x", "--b--"], ["--b", ...file]]) {
    await expect(decode(...bad)).rejects.toThrow(TypeError);
  }
  const part = ["--b", 'content-disposition: form-data; name="x"', "", ""];
  await expect(decode(...Array.from({ length: 10_001 }, () => part).flat(), "--b--")).rejects.toThrow(/10000 parts/);
  expect(() => new FormData({})).toThrow(TypeError);
  expect(() => new FormData().append("a", "b", "c")).toThrow(TypeError);
});

test("a form survives the way there and back", async () => {
  const form = new FormData();
  form.append("text", "ä\r\nb");
  form.append("file", new File([new Uint8Array([0, 255, 13, 10])], 'q"uote.bin', { type: "application/x-y" }));
  form.append("blob", new Blob(["x"]));
  const back = await new Response(form).formData();
  expect(back.get("text")).toBe("ä\r\nb");
  expect([...new Uint8Array(await back.get("file").arrayBuffer())]).toEqual([0, 255, 13, 10]);
  expect([back.get("file").name, back.get("file").type, back.get("blob").name]).toEqual(['q"uote.bin', "application/x-y", "blob"]);
});

test("encodings of one byte a character, and those that are absent", () => {
  const decode = (label, ...bytes) => new TextDecoder(label).decode(Uint8Array.from(bytes));
  expect(decode("iso-8859-2", 0xb1, 0xe6)).toBe("ąć");
  expect(decode("KOI8-R", 0xf0, 0xd2)).toBe("Пр");
  expect(decode(" windows-1251\n", 0xcf, 0xf0)).toBe("Пр");
  expect(decode("ascii", 0x80)).toBe("€");
  expect(decode("macintosh", 0xca)).toBe("\u00a0");
  expect(decode("windows-1255", 0xd9)).toBe("\ufffd");
  expect(() => new TextDecoder("windows-1255", { fatal: true }).decode(Uint8Array.of(0xd9))).toThrow(TypeError);
  expect(decode("x-user-defined", 0x41, 0x80)).toBe("A\uf780");
  expect(new TextDecoder("l2").encoding).toBe("iso-8859-2");
  expect(decode("utf-16be", 0xd8, 0x3d, 0xde, 0x00)).toBe("😀");
  const streaming = new TextDecoder("utf-16le", { fatal: true });
  expect(streaming.decode(Uint8Array.of(0x3d, 0xd8, 0x00), { stream: true }) + streaming.decode(Uint8Array.of(0xde))).toBe("😀");
  expect(new TextDecoder("utf-16le", { fatal: true }).decode(Uint8Array.of(0xfd, 0xff))).toBe("\ufffd");
  expect(() => new TextDecoder("shift_jis")).toThrow(/shift_jis is not available/);
  expect(() => new TextDecoder("hz-gb-2312")).toThrow(RangeError);
});

test("blobs, and structured clones of them", async () => {
  const blob = new Blob(["abc", new Uint8Array([100]), new Blob(["e"])], { type: "Text/Plain" });
  expect([blob.size, blob.type, await blob.slice(-2).text(), await blob.slice(1, 3, "x/y").text()]).toEqual([5, "text/plain", "de", "bc"]);
  const large = new Blob([new Uint8Array(200_000)]);
  let pieces = 0;
  for await (const piece of large.stream()) pieces += piece.length > 0 ? 1 : 0;
  expect(pieces).toBe(4);
  expect(() => new Blob("abc")).toThrow(TypeError);
  const { value } = await blob.stream().getReader({ mode: "byob" }).read(new Uint8Array(2));
  expect([...value]).toEqual([97, 98]);
  expect(await new Response(new Blob([]).stream()).text()).toBe("");
  expect(await new Blob(["a\r\nb\rc\nd", Uint8Array.of(13)], { endings: "native" }).text()).toBe("a\nb\nc\nd\r");
  expect(() => new Blob([], { endings: "other" })).toThrow(TypeError);
  expect([new File([], "a", { lastModified: "x" }).lastModified, new File([], "a", { lastModified: 1.9 }).lastModified]).toEqual([0, 1]);
  const { copy } = structuredClone({ copy: new File(["x"], "a.txt") });
  expect([copy instanceof File, copy.name, await copy.text()]).toEqual([true, "a.txt", "x"]);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt"]);
  expect(structuredClone(key).algorithm.name).toBe("AES-GCM");
  const odd = new Uint8Array([1, 2]);
  odd.constructor = Date;
  expect([...structuredClone(odd)]).toEqual([1, 2]);
  expect(structuredClone(Object(10n)) + 1n).toBe(11n);
});
