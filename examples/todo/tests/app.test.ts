import { app, expect, published, test } from "@atoll/sdk/test";
import type { Summary, Todo } from "../backend/types.ts";

/** A todo with everything filled in; each number gives another one. */
function sample(number = 1, changes: Record<string, unknown> = {}) {
  const word = ["zero", "one", "two", "three", "four", "five"][number] ?? String(number);
  const day = (base: number) => new Date(Date.UTC(2024, 4, base + number)).toISOString().slice(0, 10);
  return {
    title: `Title ${word}`,
    category: `Category ${word}`,
    due_date: day(1),
    priority: number === 1 ? "high" : "low",
    done: false,
    ...changes,
  };
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  return app.fetch(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

async function create(number = 1, changes: Record<string, unknown> = {}): Promise<Todo> {
  const response = await send("POST", "/todos", sample(number, changes));
  expect(response.status).toBe(201);
  return (await response.json()) as Todo;
}

async function list(query = ""): Promise<Todo[]> {
  const response = await app.fetch(`/todos?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Todo[];
}

async function problems(response: Response): Promise<Record<string, string>> {
  expect(response.status).toBe(422);
  const { fields } = (await response.json()) as { fields: Record<string, string> };
  return fields;
}

test("what is created is there, with everything that was filled in", async () => {
  const made = await create();
  const found = (await (await app.fetch(`/todos/${made.id}`)).json()) as Todo;
  expect(found.title).toBe(sample().title);
  expect(found.category).toBe(sample().category);
  expect(found.due_date).toBe(sample().due_date);
  expect(found.priority).toBe(sample().priority);
  expect(found.done).toBe(sample().done);
  expect((await list()).length).toBe(1);
});

test("a change is kept and a deleted one is gone", async () => {
  const made = await create();
  const response = await send("PATCH", `/todos/${made.id}`, { title: sample(2).title });
  expect(response.status).toBe(200);
  const changed = (await response.json()) as Todo;
  expect(changed.title).toBe(sample(2).title);
  expect((await send("DELETE", `/todos/${made.id}`)).status).toBe(204);
  expect((await list()).length).toBe(0);
});

test("every change is told to other apps", async () => {
  const made = await create();
  await send("PATCH", `/todos/${made.id}`, { title: sample(2).title });
  await send("DELETE", `/todos/${made.id}`);
  const types = published().map((event) => event.type);
  expect(types).toEqual(["todo.created", "todo.updated", "todo.deleted"]);
});

test("what is not there is not found", async () => {
  expect((await app.fetch("/todos/nothing")).status).toBe(404);
  expect((await app.fetch("/nothing")).status).toBe(404);
  expect((await app.fetch("/todos", { method: "POST", body: "no JSON" })).status).toBe(400);
});

test("what is missing or wrong is refused, with a message at its field", async () => {
  expect(Object.keys(await problems(await send("POST", "/todos", sample(1, { title: "  " }))))).toContain("title");
  expect(Object.keys(await problems(await send("POST", "/todos", sample(1, { due_date: "2026-02-30" }))))).toContain("due_date");
  expect(Object.keys(await problems(await send("POST", "/todos", sample(1, { priority: "nonsense" }))))).toContain("priority");
  expect((await list()).length).toBe(0);
});

test("the search looks in Title", async () => {
  await create(1, { title: "a needle in a haystack" });
  await create(2);
  expect((await list("search=needle")).length).toBe(1);
  expect((await list("search=nowhere")).length).toBe(0);
});

test("the filter for Category shows only what matches", async () => {
  const first = await create(1);
  await create(2);
  const found = await list(new URLSearchParams({ category: String(sample().category) }).toString());
  expect(found.map(({ id }) => id)).toEqual([first.id]);
  expect((await list()).length).toBe(2);
});

test("the filter for Priority shows only what matches", async () => {
  const first = await create(1);
  await create(2);
  const found = await list(new URLSearchParams({ priority: String(sample().priority) }).toString());
  expect(found.map(({ id }) => id)).toEqual([first.id]);
  expect((await list()).length).toBe(2);
});

test("what is ticked is kept, and can be told from what is open", async () => {
  const first = await create(1);
  await create(2);
  const open = async () => ((await (await app.fetch("/todos/summary")).json()) as Summary).open;
  expect(await open()).toBe(2);
  await send("PATCH", `/todos/${first.id}`, { done: true });
  expect((await list("done=1")).map(({ id }) => id)).toEqual([first.id]);
  expect((await list("done=0")).length).toBe(1);
  expect(await open()).toBe(1);
});
