import { expect, test } from "@atoll/sdk/test";

test("a path with names", () => {
  const pattern = new URLPattern({ pathname: "/users/:id/posts/:post?" });
  expect(pattern.test("https://a.example/users/7/posts")).toBe(true);
  expect(pattern.test("https://a.example/users/7/posts/9")).toBe(true);
  expect(pattern.test("https://a.example/users/7")).toBe(false);
  const found = pattern.exec("https://a.example:8080/users/7/posts/9?q=1#h");
  expect(found.pathname).toEqual({ input: "/users/7/posts/9", groups: { id: "7", post: "9" } });
  expect(found.search).toEqual({ input: "q=1", groups: { 0: "q=1" } });
  expect(found.inputs).toEqual(["https://a.example:8080/users/7/posts/9?q=1#h"]);
  expect(pattern.exec("https://a.example/users/7/posts").pathname.groups).toEqual({ id: "7", post: undefined });
  expect(pattern.exec("nothing")).toBe(null);
  expect([pattern.protocol, pattern.hostname, pattern.pathname]).toEqual(["*", "*", "/users/:id/posts/:post?"]);
});

test("a pattern in one string", () => {
  const pattern = new URLPattern("https://*.example.com:8443/files/*.:ext(png|jpg)\\?size=:size");
  expect([pattern.protocol, pattern.hostname, pattern.port, pattern.pathname, pattern.search, pattern.hash]).toEqual(
    ["https", "*.example.com", "8443", "/files/*.:ext(png|jpg)", "size=:size", "*"],
  );
  expect(pattern.exec("https://cdn.example.com:8443/files/a/b.png?size=2").pathname.groups).toEqual({ 0: "a/b", ext: "png" });
  expect(pattern.test("https://example.com:8443/files/b.png?size=2")).toBe(false);
  expect(pattern.hasRegExpGroups).toBe(true);
  // A colon begins a name, also before a password.
  expect(new URLPattern("https://user\\:pass@a.example/").test("https://user:pass@a.example/")).toBe(true);
  expect(new URLPattern("https://user:pass@a.example/").test("https://user:pass@a.example/")).toBe(false);
  expect(new URLPattern("data\\:foo*").test("data:foobar")).toBe(true);
  expect(new URLPattern("http{s}?://a.example/x").test("https://a.example/x")).toBe(true);
  expect(new URLPattern("http{s}?://a.example/x").test("http://a.example/x")).toBe(true);
  expect(new URLPattern("https://[\\:\\:1]/*").test("https://[::1]/a")).toBe(true);
});

test("a base", () => {
  const pattern = new URLPattern("/b/:c", "https://a.example/x/y?q#h");
  expect([pattern.protocol, pattern.hostname, pattern.port, pattern.pathname, pattern.search]).toEqual(["https", "a.example", "", "/b/:c", "*"]);
  expect(pattern.test("/b/1", "https://a.example")).toBe(true);
  expect(pattern.test("/b/1", "https://b.example")).toBe(false);
  const relative = new URLPattern({ pathname: "z/*", baseURL: "https://a.example/x/y" });
  expect(relative.pathname).toBe("/x/z/*");
  expect(relative.test({ pathname: "z/1", baseURL: "https://a.example/x/" })).toBe(true);
  expect(() => new URLPattern("/b")).toThrow(TypeError);
  expect(() => new URLPattern({ pathname: "/b" }, "https://a.example")).toThrow(TypeError);
});

test("what is in the path is made canonical, and modifiers repeat", () => {
  expect(new URLPattern({ pathname: "/caf\u00e9/:x+" }).test("https://a.example/caf%C3%A9/1/2")).toBe(true);
  expect(new URLPattern({ pathname: "/a/../b" }).pathname).toBe("/b");
  expect(new URLPattern({ pathname: "/x/:rest*" }).exec({ pathname: "/x/1/2/3" }).pathname.groups).toEqual({ rest: "1/2/3" });
  expect(new URLPattern({ pathname: "/x/:rest*" }).test({ pathname: "/x" })).toBe(true);
  expect(new URLPattern({ hostname: "{:sub.}*example.com" }).test("https://a.b.example.com/")).toBe(true);
  expect(new URLPattern({ protocol: "https", port: "443" }).port).toBe("");
  expect(new URLPattern({ pathname: "/Foo" }, { ignoreCase: true }).test("https://a.example/foo")).toBe(true);
  expect(new URLPattern({ pathname: "/Foo" }).test("https://a.example/foo")).toBe(false);
  expect(new URLPattern({ pathname: "/:a:b" }).pathname).toBe("/:a:b");
  expect(new URLPattern({ pathname: "/{:a}b" }).pathname).toBe("/{:a}b");
  expect(new URLPattern().test("https://a.example/")).toBe(true);
});

test("malformed patterns are refused", () => {
  for (const bad of ["/(", "/(?a)", "/:a/:a", "/{", "/((a))", "/\\", "/()", "/([z-a])"]) {
    expect(() => new URLPattern({ pathname: bad })).toThrow(TypeError);
  }
  expect(() => new URLPattern({ pathname: "/" + "a".repeat(0) + ":x(" })).toThrow(/URLPattern/);
  expect(() => new URLPattern({ hostname: "a/b" })).toThrow(TypeError);
  expect(() => new URLPattern({ port: "x" })).toThrow(TypeError);
  expect(() => new URLPattern("https://a.example/" + "a".repeat(20_000))).toThrow(/16384/);
});
