import { expect, test } from "@atoll/sdk/test";

test("a body is read once", async () => {
  const response = new Response("text");
  expect([response.bodyUsed, await response.text(), response.bodyUsed]).toEqual([false, "text", true]);
  await expect(response.text()).rejects.toThrow(TypeError);
  expect(() => response.clone()).toThrow(TypeError);
  expect(await new Response().text()).toBe("");
  expect(new Response().body).toBe(null);
});

test("kinds of bodies and their content types", async () => {
  const table = [
    ["text", "text/plain;charset=UTF-8", "text"],
    [new URLSearchParams({ a: "b c" }), "application/x-www-form-urlencoded;charset=UTF-8", "a=b+c"],
    [new Uint8Array([104, 105]), null, "hi"],
    [new Uint8Array([0, 104, 105]).subarray(1), null, "hi"],
    [new Uint8Array([104, 105]).buffer, null, "hi"],
    [new Blob(["hi"], { type: "a/b" }), "a/b", "hi"],
    [5, "text/plain;charset=UTF-8", "5"],
  ];
  for (const [body, type, text] of table) {
    const response = new Response(body);
    expect([response.headers.get("content-type"), await response.text()]).toEqual([type, text]);
  }
  expect(new Response("x", { headers: { "content-type": "mine" } }).headers.get("content-type")).toBe("mine");
});

test("readers of a body", async () => {
  expect(await new Response('{"a":[1]}').json()).toEqual({ a: [1] });
  await expect(new Response("{").json()).rejects.toThrow(SyntaxError);
  expect([...(await new Response("é").bytes())]).toEqual([195, 169]);
  expect((await new Response("abc").arrayBuffer()).byteLength).toBe(3);
  expect((await new Response("abc").arrayBuffer()) instanceof ArrayBuffer).toBe(true);
  const blob = await new Response("abc", { headers: { "content-type": "a/b" } }).blob();
  expect([blob.size, blob.type, await blob.text(), await blob.slice(1, 2).text()]).toEqual([3, "a/b", "abc", "b"]);
  expect(await new Response(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])).text()).toBe("a");
});

test("Response", async () => {
  expect([new Response().status, new Response().ok, new Response(null, { status: 404 }).ok]).toEqual([200, true, false]);
  for (const status of [199, 600, NaN, "x"]) expect(() => new Response("", { status })).toThrow(RangeError);
  expect(() => new Response("x", { status: 204 })).toThrow(TypeError);
  const made = Response.json({ a: 1 }, { status: 418, headers: { x: "y" } });
  expect([made.status, made.headers.get("content-type"), made.headers.get("x"), await made.text()]).toEqual([418, "application/json", "y", '{"a":1}']);
  expect(Response.json(1, { headers: { "content-type": "a/b" } }).headers.get("content-type")).toBe("a/b");
  expect(() => Response.json(undefined)).toThrow(TypeError);
  const redirect = Response.redirect("http://a/b c", 301);
  expect([redirect.status, redirect.headers.get("location")]).toEqual([301, "http://a/b%20c"]);
  expect(() => Response.redirect("http://a", 200)).toThrow(RangeError);
  expect([Response.error().type, Response.error().status]).toEqual(["error", 0]);
  const copy = made.clone instanceof Function && new Response("x", { status: 202 }).clone();
  expect([copy.status, await copy.text()]).toEqual([202, "x"]);
  // What middleware does to change headers of a finished response.
  const original = new Response("body", { headers: { a: "1" } });
  const changed = new Response(original.body, original);
  changed.headers.set("b", "2");
  expect([await changed.text(), changed.headers.get("a"), changed.headers.get("b")]).toEqual(["body", "1", "2"]);
});

test("Request", async () => {
  const request = new Request("http://A/b", { method: "post", body: "x", headers: { a: "1" } });
  expect([request.method, request.url, request.headers.get("a"), request.headers.get("content-type")]).toEqual(["POST", "http://a/b", "1", "text/plain;charset=UTF-8"]);
  const copy = request.clone();
  expect([await request.text(), await copy.text(), copy.url, copy.method]).toEqual(["x", "x", "http://a/b", "POST"]);
  const derived = new Request(new Request("http://a/", { method: "PUT", body: "y" }), { headers: { b: "2" } });
  expect([derived.method, await derived.text(), derived.headers.get("b")]).toEqual(["PUT", "y", "2"]);
  expect(() => new Request("http://a/", { body: "x" })).toThrow(TypeError);
  expect(() => new Request("http://a/", { method: "TRACE" })).toThrow(TypeError);
  expect(() => new Request("http://a/", { method: "a b" })).toThrow(TypeError);
  expect(() => new Request("/relative")).toThrow(TypeError);
  expect(new Request("http://a/").signal.aborted).toBe(false);
  expect([new Request("http://a/", { method: "patch" }).method, Object.prototype.toString.call(request)]).toEqual(["patch", "[object Request]"]);
});

test("forms", async () => {
  const form = new FormData();
  form.append("a", "1");
  form.append("a", 'q"\r\nü');
  form.set("f", new File(["content\r\n--x"], "n.txt", { type: "text/plain" }));
  const request = new Request("http://a/", { method: "POST", body: form });
  expect(request.headers.get("content-type")).toMatch(/^multipart\/form-data; boundary=----atoll[0-9a-f]{24}$/);
  const back = await request.formData();
  expect(back.getAll("a")).toEqual(["1", 'q"\r\nü']);
  expect([back.get("f").name, back.get("f").type, await back.get("f").text()]).toEqual(["n.txt", "text/plain", "content\r\n--x"]);
  const plain = await new Response(new URLSearchParams({ x: "y z" })).formData();
  expect([plain.get("x"), plain.has("y"), [...plain.keys()]]).toEqual(["y z", false, ["x"]]);
  await expect(new Response("x").formData()).rejects.toThrow(TypeError);
  await expect(new Response("--b\r\nbroken", { headers: { "content-type": "multipart/form-data; boundary=b" } }).formData()).rejects.toThrow("malformed");
});
