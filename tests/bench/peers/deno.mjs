// Deno with a handler of the fetch shape.
import app from "./app.js";

const onListen = ({ port }) => console.log("listening on http://127.0.0.1:" + port);
Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, (request) => app.fetch(request));
