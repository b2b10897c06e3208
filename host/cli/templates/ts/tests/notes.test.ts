import { app, expect, published, test } from "@atoll/sdk/test";

// Each test starts with empty state, in a sandbox of its own.
test("a note that was added is listed, and told to the bus", async () => {
  const added = await app.fetch("/notes", { method: "POST", body: JSON.stringify({ text: " milk " }) });
  expect(added.status).toBe(201);
  const { notes } = await (await app.fetch("/notes")).json();
  expect(notes.map((note) => note.text)).toEqual(["milk"]);
  expect(published().map((event) => event.type)).toEqual(["{{name}}.note-added"]);
});

test("an empty note is refused", async () => {
  const refused = await app.fetch("/notes", { method: "POST", body: JSON.stringify({ text: " " }) });
  expect(refused.status).toBe(400);
});
