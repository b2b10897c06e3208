import { expect, test } from "@atoll/sdk/test";

test("parts of a URL", () => {
  const url = new URL("https://user:p%40ss@EXAMPLE.com:8080/a/../b%20c?q=1&r=ü#frag ment");
  expect(url.href).toBe("https://user:p%40ss@example.com:8080/b%20c?q=1&r=%C3%BC#frag%20ment");
  expect([url.protocol, url.username, url.password, url.host, url.hostname, url.port]).toEqual(["https:", "user", "p%40ss", "example.com:8080", "example.com", "8080"]);
  expect([url.pathname, url.search, url.hash, url.origin]).toEqual(["/b%20c", "?q=1&r=%C3%BC", "#frag%20ment", "https://example.com:8080"]);
  expect(JSON.stringify({ url })).toBe(`{"url":"${url.href}"}`);
});

test("special cases of the standard", () => {
  const table = [
    ["http://EXAMPLE.com:80", undefined, "http://example.com/"],
    ["//x/y", "https://a/b", "https://x/y"],
    ["../c?d", "http://a/b/e/f", "http://a/b/c?d"],
    ["http://192.168.257", undefined, "http://192.168.1.1/"],
    ["http://0x7f.1", undefined, "http://127.0.0.1/"],
    ["http://[1:0::0:1]", undefined, "http://[1::1]/"],
    ["http://bücher.example", undefined, "http://xn--bcher-kva.example/"],
    ["mailto:a@b", undefined, "mailto:a@b"],
    ["http:\\\\a\\b", undefined, "http://a/b"],
    ["  http://a/\t\nb ", undefined, "http://a/b"],
    ["data:text/plain,x y", undefined, "data:text/plain,x y"],
    ["file:///a/../C:/x", undefined, "file:///C:/x"],
    ["", "http://a/b?c#d", "http://a/b?c"],
    ["#x", "http://a/b?c#d", "http://a/b?c#x"],
    ["http://a/%7E\ud800", undefined, "http://a/%7E%EF%BF%BD"],
  ];
  for (const [input, base, href] of table) expect([input, new URL(input, base).href]).toEqual([input, href]);
  expect(new URL("blob:https://a:9/x").origin).toBe("https://a:9");
  expect(new URL("mailto:x").origin).toBe("null");
  expect([new URL("http://a/?").search, new URL("http://a/#").hash, new URL("http://a/?").href]).toEqual(["", "", "http://a/?"]);
});

test("what is no URL", () => {
  for (const bad of ["", "nonsense", "http://", "http://a b/", "http://a:99999/", "http://[1", "http://%zz/"]) {
    expect(() => new URL(bad)).toThrow(TypeError);
    expect([bad, URL.canParse(bad), URL.parse(bad)]).toEqual([bad, false, null]);
  }
  expect(() => new URL("x", "nonsense")).toThrow("Invalid URL");
});

test("setters", () => {
  const url = new URL("http://a/b?c#d");
  url.protocol = "https";
  url.host = "x.y:81";
  url.pathname = "p q";
  url.search = "s=ß";
  url.hash = "";
  url.username = "me";
  expect(url.href).toBe("https://me@x.y:81/p%20q?s=%C3%9F");
  url.port = "443";
  url.protocol = "mailto";
  url.port = "nonsense";
  expect(url.href).toBe("https://me@x.y/p%20q?s=%C3%9F");
  expect(() => (url.href = "nonsense")).toThrow(TypeError);
  url.href = "http://z/";
  expect(url.host).toBe("z");
});

test("searchParams is bound to its URL", () => {
  const url = new URL("http://a/?x=1&x=2&y=+%26");
  const params = url.searchParams;
  expect(params).toBe(url.searchParams);
  expect([params.get("x"), params.getAll("x"), params.get("y"), params.get("z"), params.size]).toEqual(["1", ["1", "2"], " &", null, 3]);
  params.append("z", "ü ");
  params.delete("x");
  expect(url.href).toBe("http://a/?y=+%26&z=%C3%BC+");
  url.search = "?n=1";
  expect([...params]).toEqual([["n", "1"]]);
  params.delete("n");
  expect(url.href).toBe("http://a/");
});

test("URLSearchParams alone", () => {
  expect(new URLSearchParams("?a=1&b=2").toString()).toBe("a=1&b=2");
  expect(new URLSearchParams({ a: 1, b: "x y" }).toString()).toBe("a=1&b=x+y");
  expect(new URLSearchParams([["a", "1"], ["a", "2"]]).getAll("a")).toEqual(["1", "2"]);
  expect(new URLSearchParams(new Map([["k", "v"]])).get("k")).toBe("v");
  expect(() => new URLSearchParams([["a"]])).toThrow(TypeError);
  const params = new URLSearchParams("c=1&a=2&b=3&a=1&e");
  params.sort();
  expect(params.toString()).toBe("a=2&a=1&b=3&c=1&e=");
  params.set("a", "9");
  params.delete("c", "2");
  expect([...params.entries()]).toEqual([["a", "9"], ["b", "3"], ["c", "1"], ["e", ""]]);
  expect([params.has("a", "9"), params.has("a", "1"), [...params.keys()].join(), [...params.values()].join()]).toEqual([true, false, "a,b,c,e", "9,3,1,"]);
  let seen = "";
  params.forEach((value, name) => (seen += name + value));
  expect(seen).toBe("a9b3c1e");
  expect(new URLSearchParams("%zz=%41%").toString()).toBe("%25zz=A%25");
});
