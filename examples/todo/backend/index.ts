import { Problem, notAllowed, notFound, readObject } from "./http.ts";
import { createTodo, deleteTodo, findTodo, listTodos, summarize, updateTodo } from "./store.ts";
import { checkTodo } from "./validate.ts";

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    try {
      return await route(request, env);
    } catch (error) {
      if (error instanceof Problem) return error.toResponse();
      throw error;
    }
  },
};

async function route(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [collection, id, sub] = url.pathname.split("/").filter(Boolean);
  if (collection !== "todos") throw notFound();
  if (id === undefined) return collectionRoute(request, env, url);
  if (id === "summary" && sub === undefined && request.method === "GET") {
    return Response.json(await summarize(env.DB, url.searchParams));
  }
  if (sub !== undefined) throw notFound();
  return itemRoute(request, env, id);
}

async function collectionRoute(request: Request, env: Env, url: URL): Promise<Response> {
  if (request.method === "GET") return Response.json(await listTodos(env.DB, url.searchParams));
  if (request.method !== "POST") throw notAllowed();
  const todo = await createTodo(env.DB, checkTodo(await readObject(request)));
  await env.BUS.publish("todo.created", todo);
  return Response.json(todo, { status: 201 });
}

async function itemRoute(request: Request, env: Env, id: string): Promise<Response> {
  const before = await findTodo(env.DB, id);
  switch (request.method) {
    case "GET":
      return Response.json(before);
    case "PUT":
    case "PATCH": {
      const changes = await readObject(request);
      const after = await updateTodo(env.DB, id, checkTodo({ ...before, ...changes }));
      await env.BUS.publish("todo.updated", after);
      return Response.json(after);
    }
    case "DELETE":
      await deleteTodo(env.DB, id);
      await env.BUS.publish("todo.deleted", before);
      return new Response(null, { status: 204 });
    default:
      throw notAllowed();
  }
}
