// A JSON router over fifty items, as in the engine's design figures. The same file runs in Atoll, workerd and
// Deno; Node.js calls `answer` by itself, since its servers speak no Request and Response.

const todos = [];
for (let i = 0; i < 50; i++) todos.push({ id: i, title: "todo " + i, done: i % 2 === 0 });

const routes = [
  ["GET", /^\/todos$/, () => todos.slice(0, 10)],
  ["GET", /^\/todos\/(\d+)$/, (match) => todos[Number(match[1])]],
];

export function answer(method, path) {
  for (const [wanted, pattern, handle] of routes) {
    const match = wanted === method ? pattern.exec(path) : null;
    if (match) return handle(match);
  }
  return undefined;
}

export default {
  fetch(request) {
    const body = answer(request.method, new URL(request.url).pathname);
    return body === undefined ? new Response("not found", { status: 404 }) : Response.json(body);
  },
};
