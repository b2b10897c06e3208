import { app, expect, published, test } from "@atoll/sdk/test";
import type { %{test_type_imports} } from "../backend/types.ts";

/** %{An_entity} with everything filled in; each number gives another one. */
function sample(number = 1, changes: Record<string, unknown> = {}) {
  %{sample_lets}
  return {
    %{sample}
    ...changes,
  };
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  return app.fetch(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

async function create(number = 1, changes: Record<string, unknown> = {}): Promise<%{Type}> {
  const response = await send("POST", "/%{path}", sample(number, changes));
  expect(response.status).toBe(201);
  return (await response.json()) as %{Type};
}

async function list(query = ""): Promise<%{Type}[]> {
  const response = await app.fetch(`/%{path}?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as %{Type}[];
}

// @if problems
async function problems(response: Response): Promise<Record<string, string>> {
  expect(response.status).toBe(422);
  const { fields } = (await response.json()) as { fields: Record<string, string> };
  return fields;
}
// @end

test("what is created is there, with everything that was filled in", async () => {
  const made = await create();
  const found = (await (await app.fetch(`/%{path}/${made.id}`)).json()) as %{Type};
  %{created_expects}
  expect((await list()).length).toBe(1);
});

test("a change is kept and a deleted one is gone", async () => {
  const made = await create();
  const response = await send("PATCH", `/%{path}/${made.id}`, { %{change} });
  expect(response.status).toBe(200);
  const changed = (await response.json()) as %{Type};
  expect(changed.%{change_field}).%{change_expect};
  expect((await send("DELETE", `/%{path}/${made.id}`)).status).toBe(204);
  expect((await list()).length).toBe(0);
});

test("every change is told to other apps", async () => {
  const made = await create();
  await send("PATCH", `/%{path}/${made.id}`, { %{change} });
  await send("DELETE", `/%{path}/${made.id}`);
  const types = published().map((event) => event.type);
  expect(types).toEqual(["%{event}.created", "%{event}.updated", "%{event}.deleted"]);
});

test("what is not there is not found", async () => {
  expect((await app.fetch("/%{path}/nothing")).status).toBe(404);
  expect((await app.fetch("/nothing")).status).toBe(404);
  expect((await app.fetch("/%{path}", { method: "POST", body: "no JSON" })).status).toBe(400);
});
%{more_tests}
