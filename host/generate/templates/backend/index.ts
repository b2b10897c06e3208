import { Problem, notAllowed, notFound, readObject } from "./http.ts";
%{imports}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      return await route(request, env);
    } catch (error) {
      if (error instanceof Problem) return error.toResponse();
      throw error;
    }
  },
  // @if sync

  /** Called for each event this app subscribes to; see atoll.toml. */
  async event(event: AppEvent, env: Env): Promise<void> {
    const change = await receive(env.DB, event);
    if (change) await env.BUS.publish("%{sync_name}.changed", change);
  },
  // @end
};

async function route(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [collection, id, sub%{key_binding}] = url.pathname.split("/").filter(Boolean);
  // @if sync
  if (collection === "synced" && id === undefined && request.method === "GET") {
    return Response.json(await listSynced(env.DB, url.searchParams));
  }
  // @end
  // @if closing
  if (collection === "settings" && id === undefined) return settings(request, env);
  // @end
  if (collection !== "%{path}") throw notFound();
  if (id === undefined) return collectionRoute(request, env, url);
  if (id === "summary" && sub === undefined && request.method === "GET") {
    return Response.json(await summarize(env.DB, url.searchParams));
  }
  // @if habits
  if (sub === "ticks" && key !== undefined) return tickRoute(request, env, id, key);
  // @end
  // @if bin
  if (sub === "restore" && request.method === "POST") {
    const %{variable} = await restore%{Type}(env.DB, id);
    await env.BUS.publish("%{event}.updated", %{variable});
    return Response.json(%{variable});
  }
  // @end
  %{child_routes}
  if (sub !== undefined) throw notFound();
  return itemRoute(request, env, id);
}

async function collectionRoute(request: Request, env: Env, url: URL): Promise<Response> {
  if (request.method === "GET") return Response.json(await list%{Types}(env.DB, url.searchParams));
  if (request.method !== "POST") throw notAllowed();
  // @if closing
  await refuseWhenClosed(env.DB);
  // @end
  // @if repeat
  const body = await readObject(request);
  const %{plural} = await createRepeated(env.DB, check%{Type}(body), body.repeat_weeks);
  for (const %{variable} of %{plural}) await env.BUS.publish("%{event}.created", %{variable});
  return Response.json(%{plural}[0], { status: 201 });
  // @else
  const %{variable} = await create%{Type}(env.DB, check%{Type}(await readObject(request)));
  await env.BUS.publish("%{event}.created", %{variable});
  return Response.json(%{variable}, { status: 201 });
  // @end
}

async function itemRoute(request: Request, env: Env, id: string): Promise<Response> {
  const before = await find%{Type}(env.DB, id);
  switch (request.method) {
    case "GET":
      return Response.json(before);
    case "PUT":
    case "PATCH": {
      const changes = await readObject(request);
      const after = await update%{Type}(env.DB, id, check%{Type}({ ...before, ...changes }));
      await env.BUS.publish("%{event}.updated", after);
      return Response.json(after);
    }
    case "DELETE":
      await delete%{Type}(env.DB, id);
      await env.BUS.publish("%{event}.deleted", before);
      return new Response(null, { status: 204 });
    default:
      throw notAllowed();
  }
}
// @if habits

async function tickRoute(request: Request, env: Env, id: string, day: string): Promise<Response> {
  if (request.method !== "PUT" && request.method !== "DELETE") throw notAllowed();
  await find%{Type}(env.DB, id);
  const %{variable} = await setTick(env.DB, id, checkDay(day), request.method === "PUT");
  await env.BUS.publish("%{event}.updated", %{variable});
  return Response.json(%{variable});
}
// @end
%{more}
