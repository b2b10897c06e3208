import type { Synced } from "./types.ts";

/** Where the other apps' events keep what this app shows. */
const TITLE = ["title", "category"];
const DATE = ["due_date"];
const TIME = ["time", "start_time"];
const DONE = ["done"];

interface Row {
  id: string;
  source: string;
  kind: string;
  title: string;
  date: string | null;
  time: string | null;
  done: number;
}

/**
 * Takes one event in: what was created or changed there is stored or changed here, what was deleted there
 * goes. An event may come twice or late; it never undoes a newer one, so a deleted item stays as a mark.
 */
export async function receive(db: D1Database, event: AppEvent): Promise<Synced | null> {
  const data = typeof event.data === "object" && event.data !== null ? (event.data as Record<string, unknown>) : {};
  const id = text(data.id);
  // Without an id there is nothing to follow: such an event is about something else.
  if (id === "") return null;
  const dot = event.type.lastIndexOf(".");
  const kind = dot < 0 ? event.type : event.type.slice(0, dot);
  const change = dot < 0 ? "" : event.type.slice(dot + 1);
  const deleted = change === "deleted" || change === "removed";
  const done = change === "completed" || DONE.some((name) => data[name] === true || data[name] === 1);
  const date = text(pick(data, DATE));
  const time = date.length > 10 ? date.slice(11, 16) : text(pick(data, TIME));
  const result = await db
    .prepare(
      `INSERT INTO synced (source, id, kind, title, date, time, done, deleted, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (source, kind, id) DO UPDATE SET
         title = CASE WHEN excluded.title = '' THEN title ELSE excluded.title END,
         date = excluded.date, time = excluded.time, done = excluded.done, deleted = excluded.deleted, at = excluded.at
       WHERE excluded.at >= at`,
    )
    .bind(
      event.source,
      id,
      kind,
      text(pick(data, TITLE)),
      /^\d{4}-\d{2}-\d{2}/.test(date) ? date.slice(0, 10) : null,
      /^\d{2}:\d{2}/.test(time) ? time.slice(0, 5) : null,
      Number(done),
      Number(deleted),
      sortable(event.time),
    )
    .run();
  if (result.meta.changes === 0) return null;
  const row = await db
    .prepare("SELECT * FROM synced WHERE source = ? AND kind = ? AND id = ?")
    .bind(event.source, kind, id)
    .first<Row>();
  return row === null ? null : fromRow(row);
}

/** What the other apps have, between two days when they are given. */
export async function listSynced(db: D1Database, query: URLSearchParams): Promise<Synced[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM synced WHERE deleted = 0 AND date IS NOT NULL AND date >= ? AND date <= ?
       ORDER BY date, time IS NOT NULL, time, title LIMIT 2000`,
    )
    .bind(query.get("from") ?? "0000", query.get("to") ?? "9999")
    .all<Row>();
  return results.map(fromRow);
}

function fromRow(row: Row): Synced {
  const { id, source, kind, title, date, time } = row;
  return { id, source, kind, title, date, time, done: row.done === 1 };
}

function pick(data: Record<string, unknown>, names: string[]): unknown {
  const name = names.find((one) => data[one] !== undefined && data[one] !== null && data[one] !== "");
  return name === undefined ? null : data[name];
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value).slice(0, 500) : "";
}

/** Times with the same number of digits, so that text order is time order. */
function sortable(time: string): string {
  const [whole = "", fraction = ""] = time.replace("Z", "").split(".");
  return `${whole}.${fraction.padEnd(9, "0")}`;
}
