import { expect, test } from "@atoll/sdk/test";

test("names are case-insensitive and values are joined", () => {
  const headers = new Headers({ "Content-Type": "a/b", "X-One": " padded\t" });
  headers.append("x-ONE", "2");
  expect([headers.get("content-TYPE"), headers.get("x-one"), headers.get("absent"), headers.has("X-one")]).toEqual(["a/b", "padded, 2", null, true]);
  headers.set("X-One", "3");
  headers.delete("CONTENT-type");
  expect([...headers]).toEqual([["x-one", "3"]]);
});

test("iteration is sorted, cookies stay apart", () => {
  const headers = new Headers([["b", "1"], ["Set-Cookie", "x=1"], ["a", "2"], ["set-cookie", "y=2"], ["B", "3"]]);
  expect([...headers]).toEqual([["a", "2"], ["b", "1, 3"], ["set-cookie", "x=1"], ["set-cookie", "y=2"]]);
  expect(headers.getSetCookie()).toEqual(["x=1", "y=2"]);
  expect([[...headers.keys()].join(), [...headers.values()].join(";")]).toEqual(["a,b,set-cookie,set-cookie", "2;1, 3;x=1;y=2"]);
  expect(Object.fromEntries(new Headers(headers))).toEqual({ a: "2", b: "1, 3", "set-cookie": "y=2" });
});

test("what is no header", () => {
  const headers = new Headers();
  for (const name of ["", "a b", "a:b", "ü", "a\nb"]) expect(() => headers.set(name, "x")).toThrow(TypeError);
  for (const value of ["a\r\nb", "a\0b", "ř"]) expect(() => headers.set("x", value)).toThrow(TypeError);
  headers.set("x", "é");
  headers.set("n", 5);
  expect([headers.get("x"), headers.get("n")]).toEqual(["é", "5"]);
  expect(() => new Headers([["a"]])).toThrow(TypeError);
  expect(() => new Headers("text")).toThrow(TypeError);
});

test("headers of a redirect and of an error stay as they are", () => {
  const immutable = (headers) => {
    for (const change of [() => headers.append("a", "b"), () => headers.set("a", "b"), () => headers.delete("a")]) expect(change).toThrow(TypeError);
  };
  const redirect = Response.redirect("http://a/");
  immutable(redirect.headers);
  immutable(redirect.clone().headers);
  immutable(Response.error().headers);
  const copy = new Response(redirect.body, redirect);
  copy.headers.set("set-cookie", "a=1");
  expect([copy.headers.get("location"), copy.headers.get("set-cookie"), redirect.headers.get("set-cookie")]).toEqual(["http://a/", "a=1", null]);
  const mutable = new Headers(redirect.headers);
  mutable.delete("location");
  expect([...mutable]).toEqual([]);
  // What is no header at all is refused before that.
  expect(() => redirect.headers.set("a b", "c")).toThrow(/"a b" is not a header name/);
});
