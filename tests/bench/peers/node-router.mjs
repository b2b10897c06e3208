// Node.js with the router, as its own documentation writes a server: node:http, no Request and Response.
import { createServer } from "node:http";
import { answer } from "./app.js";

const server = createServer((request, response) => {
  const body = answer(request.method, new URL(request.url, "http://localhost").pathname);
  response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
});
server.listen(0, "127.0.0.1", () => console.log("listening on http://127.0.0.1:" + server.address().port));
