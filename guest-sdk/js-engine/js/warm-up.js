// Runs the paths of a request once before the snapshot, so that what they build lazily is in the image.
// The app's handlers do not run: they may have effects.
import { HttpError } from "@atoll/sdk";
import { ExecutionContext, settle } from "internal:context";
import { sampleEnvs } from "internal:env";
import { Request } from "internal:request";
import { Response } from "internal:response";
import { Headers } from "internal:headers";
import { TextDecoder, TextEncoder } from "internal:encoding";
import { URL } from "internal:url";

// Objects of the kinds that a request makes. The engine shares an object's layout with the next of its kind
// as long as one of them lives, and builds it anew, property by property, when none does.
const kept = [];

export async function warmUp(app) {
  kept.push(...sampleEnvs(), new ExecutionContext(), new Request("http://warm.localhost/"), new Response("warm"), new Headers());
  kept.push(new URL("http://warm.localhost/"), new URL("http://warm.localhost/").searchParams);
  for (let round = 0; round < 2; round++) {
    const url = new URL("http://warm.localhost/up/1?a=1&b=%20#c");
    for (const name of ["origin", "host", "pathname", "search", "hash"]) void url[name];
    url.searchParams.set("c", "ü");
    const headers = new Headers({ Accept: "*/*", "X-Warm": "1" });
    const init = { method: "POST", headers, body: '{"a":[1,2.5,"x",null,true]}' };
    const request = new Request(url, init);
    await Response.json(await request.json(), { status: 201 }).text();
    await new Response(new TextEncoder().encode("warm"), { headers }).clone().arrayBuffer();
    new TextDecoder().decode(await new Response("warm").bytes());
    [...headers].map(([name, value]) => `${name}: ${value}`.split(/:\s*/)).sort();
    await settle(new ExecutionContext());
    new HttpError(404, "warm").toResponse();
    new Date(0).toISOString();
  }
  warmRouter(app);
}

/** Routers in the manner of Hono build their matcher at the first request; matching has no effects. */
function warmRouter(app) {
  try {
    if (!Array.isArray(app?.routes) || typeof app.router?.match !== "function") return;
    const methods = new Set(["GET", "POST", ...app.routes.map((route) => route.method)]);
    for (const method of methods) app.router.match(method === "ALL" ? "GET" : method, "/__warm");
  } catch {
    // A router of another kind: it warms up at its first request.
  }
}
