// Node.js with a handler of the fetch shape, through the smallest adapter there is.
import { createServer } from "node:http";
import app from "./app.js";

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://" + request.headers.host);
  const answer = await app.fetch(new Request(url, { method: request.method, headers: request.headers }));
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(body);
});
server.listen(0, "127.0.0.1", () => console.log("listening on http://127.0.0.1:" + server.address().port));
