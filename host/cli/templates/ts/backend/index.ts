interface Note {
  id: string;
  text: string;
}

// Every request runs in a fresh sandbox: what is to last goes into env.KV (or env.DB), never into a variable
// out here.
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/notes") {
      return Response.json({ error: `there is nothing at ${pathname}` }, { status: 404 });
    }
    if (request.method === "POST") {
      const { text } = await request.json();
      if (typeof text !== "string" || text.trim() === "") {
        return Response.json({ error: "a note needs a text" }, { status: 400 });
      }
      const note: Note = { id: crypto.randomUUID(), text: text.trim() };
      await env.KV.put(`note:${note.id}`, JSON.stringify(note));
      await env.BUS.publish("{{name}}.note-added", note);
      return Response.json(note, { status: 201 });
    }
    const { keys } = await env.KV.list({ prefix: "note:" });
    const notes: Note[] = await Promise.all(keys.map(async (key) => JSON.parse(await env.KV.get(key.name))));
    return Response.json({ notes });
  },
};
