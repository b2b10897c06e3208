import { Problem, notAllowed, notFound, readObject } from "./http.ts";
import {
  createEventItem,
  deleteEventItem,
  findEventItem,
  listEvents,
  summarize,
  updateEventItem,
} from "./store.ts";
import { listSynced, receive } from "./sync.ts";
import { checkEventItem } from "./validate.ts";

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      return await route(request, env);
    } catch (error) {
      if (error instanceof Problem) return error.toResponse();
      throw error;
    }
  },

  /** Called for each event this app subscribes to; see atoll.toml. */
  async event(event: AppEvent, env: Env): Promise<void> {
    const change = await receive(env.DB, event);
    if (change) await env.BUS.publish("calendar.changed", change);
  },
};

async function route(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [collection, id, sub] = url.pathname.split("/").filter(Boolean);
  if (collection === "synced" && id === undefined && request.method === "GET") {
    return Response.json(await listSynced(env.DB, url.searchParams));
  }
  if (collection !== "events") throw notFound();
  if (id === undefined) return collectionRoute(request, env, url);
  if (id === "summary" && sub === undefined && request.method === "GET") {
    return Response.json(await summarize(env.DB, url.searchParams));
  }
  if (sub !== undefined) throw notFound();
  return itemRoute(request, env, id);
}

async function collectionRoute(request: Request, env: Env, url: URL): Promise<Response> {
  if (request.method === "GET") return Response.json(await listEvents(env.DB, url.searchParams));
  if (request.method !== "POST") throw notAllowed();
  const eventItem = await createEventItem(env.DB, checkEventItem(await readObject(request)));
  await env.BUS.publish("event.created", eventItem);
  return Response.json(eventItem, { status: 201 });
}

async function itemRoute(request: Request, env: Env, id: string): Promise<Response> {
  const before = await findEventItem(env.DB, id);
  switch (request.method) {
    case "GET":
      return Response.json(before);
    case "PUT":
    case "PATCH": {
      const changes = await readObject(request);
      const after = await updateEventItem(env.DB, id, checkEventItem({ ...before, ...changes }));
      await env.BUS.publish("event.updated", after);
      return Response.json(after);
    }
    case "DELETE":
      await deleteEventItem(env.DB, id);
      await env.BUS.publish("event.deleted", before);
      return new Response(null, { status: 204 });
    default:
      throw notAllowed();
  }
}
