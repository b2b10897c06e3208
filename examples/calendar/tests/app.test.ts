import { app, expect, published, test } from "@atoll/sdk/test";
import type { EventItem, Synced } from "../backend/types.ts";

/** An event with everything filled in; each number gives another one. */
function sample(number = 1, changes: Record<string, unknown> = {}) {
  const word = ["zero", "one", "two", "three", "four", "five"][number] ?? String(number);
  const day = (base: number) => new Date(Date.UTC(2024, 4, base + number)).toISOString().slice(0, 10);
  return {
    title: `Title ${word}`,
    date: day(1),
    time: `${String(9 + number - 1).padStart(2, "0")}:00`,
    notes: `Notes ${word}`,
    ...changes,
  };
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  return app.fetch(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

async function create(number = 1, changes: Record<string, unknown> = {}): Promise<EventItem> {
  const response = await send("POST", "/events", sample(number, changes));
  expect(response.status).toBe(201);
  return (await response.json()) as EventItem;
}

async function list(query = ""): Promise<EventItem[]> {
  const response = await app.fetch(`/events?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as EventItem[];
}

async function problems(response: Response): Promise<Record<string, string>> {
  expect(response.status).toBe(422);
  const { fields } = (await response.json()) as { fields: Record<string, string> };
  return fields;
}

test("what is created is there, with everything that was filled in", async () => {
  const made = await create();
  const found = (await (await app.fetch(`/events/${made.id}`)).json()) as EventItem;
  expect(found.title).toBe(sample().title);
  expect(found.date).toBe(sample().date);
  expect(found.time).toBe(sample().time);
  expect(found.notes).toBe(sample().notes);
  expect((await list()).length).toBe(1);
});

test("a change is kept and a deleted one is gone", async () => {
  const made = await create();
  const response = await send("PATCH", `/events/${made.id}`, { title: sample(2).title });
  expect(response.status).toBe(200);
  const changed = (await response.json()) as EventItem;
  expect(changed.title).toBe(sample(2).title);
  expect((await send("DELETE", `/events/${made.id}`)).status).toBe(204);
  expect((await list()).length).toBe(0);
});

test("every change is told to other apps", async () => {
  const made = await create();
  await send("PATCH", `/events/${made.id}`, { title: sample(2).title });
  await send("DELETE", `/events/${made.id}`);
  const types = published().map((event) => event.type);
  expect(types).toEqual(["event.created", "event.updated", "event.deleted"]);
});

test("what is not there is not found", async () => {
  expect((await app.fetch("/events/nothing")).status).toBe(404);
  expect((await app.fetch("/nothing")).status).toBe(404);
  expect((await app.fetch("/events", { method: "POST", body: "no JSON" })).status).toBe(400);
});

test("what is missing or wrong is refused, with a message at its field", async () => {
  expect(Object.keys(await problems(await send("POST", "/events", sample(1, { title: "  " }))))).toContain("title");
  expect(Object.keys(await problems(await send("POST", "/events", sample(1, { date: null }))))).toContain("date");
  expect(Object.keys(await problems(await send("POST", "/events", sample(1, { date: "2026-02-30" }))))).toContain("date");
  expect(Object.keys(await problems(await send("POST", "/events", sample(1, { time: "25:00" }))))).toContain("time");
  expect((await list()).length).toBe(0);
});

test("the search looks in Title", async () => {
  await create(1, { title: "a needle in a haystack" });
  await create(2);
  expect((await list("search=needle")).length).toBe(1);
  expect((await list("search=nowhere")).length).toBe(0);
});

test("the search looks in Notes", async () => {
  await create(1, { notes: "a needle in a haystack" });
  await create(2);
  expect((await list("search=needle")).length).toBe(1);
  expect((await list("search=nowhere")).length).toBe(0);
});

test("what other apps tell shows up once, follows changes, and goes", async () => {
  const synced = async () => (await (await app.fetch("/synced")).json()) as Synced[];
  const data = { id: "a", title: "Dentist", due_date: "2024-05-07" };
  await app.event("todo.created", data);
  await app.event("todo.created", data);
  expect((await synced()).length).toBe(1);
  expect((await synced())[0]?.title).toBe("Dentist");
  expect((await synced())[0]?.date).toBe("2024-05-07");
  await app.event("todo.updated", { ...data, due_date: "2024-05-09", done: true });
  expect((await synced())[0]?.date).toBe("2024-05-09");
  expect((await synced())[0]?.done).toBe(true);
  expect(((await (await app.fetch("/synced?from=2024-06-01&to=2024-06-30")).json()) as Synced[]).length).toBe(0);
  await app.event("todo.deleted", data);
  expect((await synced()).length).toBe(0);
  expect(published().at(-1)?.type).toBe("calendar.changed");
});
