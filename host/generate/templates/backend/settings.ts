import { Problem } from "./http.ts";
import type { Settings } from "./types.ts";

/** The last day on which answers are taken; none means no end. */
export async function readSettings(db: D1Database): Promise<Settings> {
  const row = await db.prepare("SELECT closes_on FROM settings WHERE id = 1").first<{ closes_on: string | null }>();
  const closes_on = row?.closes_on ?? null;
  return { closes_on, closed: closes_on !== null && closes_on < new Date().toISOString().slice(0, 10) };
}

export async function writeSettings(db: D1Database, input: Record<string, unknown>): Promise<Settings> {
  const day = input.closes_on === "" ? null : (input.closes_on ?? null);
  if (day !== null && (typeof day !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))) {
    throw new Problem(422, "%[This is not a date.]", { closes_on: "%[This is not a date.]" });
  }
  await db
    .prepare("INSERT INTO settings (id, closes_on) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET closes_on = excluded.closes_on")
    .bind(day)
    .run();
  return readSettings(db);
}

export async function refuseWhenClosed(db: D1Database): Promise<void> {
  if ((await readSettings(db)).closed) throw new Problem(422, "%[This form is closed.]");
}
