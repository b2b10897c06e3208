import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { basicAuth } from "hono/basic-auth";
import { bearerAuth } from "hono/bearer-auth";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { getCookie, setCookie } from "hono/cookie";
import { jwt, sign } from "hono/jwt";
import { logger } from "hono/logger";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { stream, streamSSE } from "hono/streaming";
import { validator } from "hono/validator";
import { z } from "zod";

const secret: string = TOKEN_SECRET;
const Item = z.object({
  title: z.string().trim().min(1),
  price: z.coerce.number().positive(),
  tags: z.array(z.enum(["new", "used"])).default([]),
});

const app = new Hono();
app.use(logger());
app.use(secureHeaders());
app.use(requestId());

const api = new Hono();
api.use(cors({ origin: ["https://a.example"], allowMethods: ["GET", "PUT"] }));
api.get("/items/:id{[0-9]+}", (c) => c.json({ id: Number(c.req.param("id")) }));
api.post(
  "/items",
  validator("json", (value, c) => {
    const parsed = Item.safeParse(value);
    if (!parsed.success) return c.json({ issues: parsed.error.issues.map((issue) => issue.path.join(".")) }, 400);
    return parsed.data;
  }),
  (c) => c.json(c.req.valid("json"), 201),
);
app.route("/api", api);

app.get("/token", async (c) => c.text(await sign({ name: "ada", exp: Math.floor(Date.now() / 1000) + 60 }, secret, "HS256")));
app.get("/private", jwt({ secret, alg: "HS256" }), (c) => c.text((c.get("jwtPayload") as { name: string }).name));
app.get("/bearer", bearerAuth({ token: "t0ken" }), (c) => c.text("in"));
app.get("/basic", basicAuth({ username: "ada", password: "pw" }), (c) => c.text("in"));

app.get("/stream", (c) =>
  stream(c, async (out) => {
    await out.writeln("one");
    await out.sleep(1);
    await out.writeln("two");
  }),
);
app.get("/events", (c) =>
  streamSSE(c, async (out) => {
    for (let id = 0; id < 2; id++) await out.writeSSE({ event: "tick", data: String(id), id: String(id) });
  }),
);

app.get("/cookie", (c) => {
  const seen = Number(getCookie(c, "seen") ?? 0);
  setCookie(c, "seen", String(seen + 1), { httpOnly: true });
  return c.text(String(seen));
});
app.get("/etag", etag(), (c) => c.text("always the same"));
app.get("/teapot", () => {
  throw new HTTPException(418, { message: "short and stout" });
});
app.get("/large", compress(), (c) => c.text("a line of text\n".repeat(1_000)));

export default app;
