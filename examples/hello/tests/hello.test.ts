import { app, expect, test } from "@atoll/sdk/test";

test("greets whoever is named", async () => {
  const response = await app.fetch("/?name=Ada");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ message: "Hello, Ada!" });
});

test("says so when there is nothing", async () => {
  expect((await app.fetch("/elsewhere")).status).toBe(404);
});
