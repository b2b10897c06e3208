// The same answers through Hono, unmodified from npm: a router, a middleware, JSON. The same file, and the same
// copy of Hono, runs everywhere.
import { Hono } from "hono";

const todos = [];
for (let i = 0; i < 50; i++) todos.push({ id: i, title: "todo " + i, done: i % 2 === 0 });

const app = new Hono();

app.use("*", async (c, next) => {
  await next();
  c.header("x-app", "bench");
});
app.get("/todos", (c) => c.json(todos.slice(0, 10)));
app.get("/todos/:id", (c) => {
  const todo = todos[Number(c.req.param("id"))];
  return todo ? c.json(todo) : c.json({ error: "not found" }, 404);
});
app.post("/todos", async (c) => c.json(await c.req.json(), 201));
app.put("/todos/:id", async (c) => c.json({ id: c.req.param("id"), ...(await c.req.json()) }));
app.delete("/todos/:id", (c) => c.body(null, 204));
app.get("/users/:user/todos", (c) => c.json({ user: c.req.param("user"), todos: [] }));

export default app;
