import { expect, test } from "@atoll/sdk/test";

test("TextEncoder", () => {
  expect([...new TextEncoder().encode("aé€😀\ud800")]).toEqual([97, 195, 169, 226, 130, 172, 240, 159, 152, 128, 239, 191, 189]);
  expect(new TextEncoder().encode().length).toBe(0);
  const target = new Uint8Array(4);
  expect(new TextEncoder().encodeInto("a€€", target)).toEqual({ read: 2, written: 4 });
});

test("TextDecoder", () => {
  const decode = (bytes, options) => new TextDecoder("utf-8", options).decode(new Uint8Array(bytes));
  expect(decode([0xef, 0xbb, 0xbf, 0x61])).toBe("a");
  expect(decode([0xef, 0xbb, 0xbf, 0x61], { ignoreBOM: true })).toBe("\ufeffa");
  expect(decode([0x61, 0xff, 0x62])).toBe("a\ufffdb");
  expect(() => decode([0xff], { fatal: true })).toThrow(TypeError);
  expect(() => new TextDecoder("klingon")).toThrow(RangeError);
  expect(new TextDecoder("latin1").decode(new Uint8Array([0x80, 0xe9]))).toBe("€é");
  expect(new TextDecoder("utf-16le").decode(new Uint8Array([0x3d, 0xd8, 0x00, 0xde]))).toBe("😀");
  expect(new TextDecoder().decode(new Uint8Array([1, 97, 98]).subarray(1))).toBe("ab");
  expect(new TextDecoder().encoding).toBe("utf-8");
});

test("a decoder that is fed in pieces", () => {
  const decoder = new TextDecoder();
  let text = "";
  for (const byte of new TextEncoder().encode("\ufeffaé€😀z")) text += decoder.decode(new Uint8Array([byte]), { stream: true });
  expect(text + decoder.decode()).toBe("aé€😀z");
  decoder.decode(new Uint8Array([0xe2, 0x82]), { stream: true });
  expect(decoder.decode()).toBe("\ufffd");
});

test("base64", () => {
  expect([btoa("hi\xff"), atob("aGn/"), atob(" aGk ")]).toEqual(["aGn/", "hi\xff", "hi"]);
  for (const bad of ["a", "a?b=", "ü"]) expect(() => atob(bad)).toThrow(DOMException);
  expect(() => btoa("€")).toThrow(DOMException);
});
