import { notFound } from "./http.ts";
import type { EventItem, EventItemInput, Summary } from "./types.ts";
import { Where } from "./where.ts";

/** An event as the table keeps it. */
interface Row {
  id: string;
  title: string;
  date: string;
  time: string | null;
  notes: string;
  created_at: string;
  updated_at: string;
}

function fromRow(row: Row): EventItem {
  return {
    id: row.id,
    title: row.title,
    date: row.date,
    time: row.time,
    notes: row.notes,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function toRow(eventItem: EventItemInput): Record<string, string | number | null> {
  return {
    title: eventItem.title,
    date: eventItem.date,
    time: eventItem.time,
    notes: eventItem.notes,
  };
}

/** Ways to sort. The first part of each query's order is the same for all: none. */
const SORTS: Record<string, string> = {
  default: "date, time IS NULL, time",
  newest: "created_at DESC",
  title: "title COLLATE NOCASE",
};

function orderBy(sort: string | null): string {
  const chosen = sort !== null && Object.hasOwn(SORTS, sort) ? SORTS[sort] : SORTS.default;
  return `ORDER BY ${chosen}, events.rowid DESC`;
}

function conditions(query: URLSearchParams): Where {
  const where = new Where();
  where.search(query.get("search"), ["title", "notes"]);
  const from = query.get("from");
  if (from) where.add("substr(date, 1, 10) >= ?", from);
  const to = query.get("to");
  if (to) where.add("substr(date, 1, 10) <= ?", to);
  return where;
}

export async function listEvents(db: D1Database, query: URLSearchParams): Promise<EventItem[]> {
  const where = conditions(query);
  const { results } = await db
    .prepare(`SELECT * FROM events ${where.sql} ${orderBy(query.get("sort"))} LIMIT 1000`)
    .bind(...where.values)
    .all<Row>();
  return results.map(fromRow);
}

export async function findEventItem(db: D1Database, id: string): Promise<EventItem> {
  const row = await db.prepare("SELECT * FROM events WHERE id = ?").bind(id).first<Row>();
  if (row === null) throw notFound();
  return fromRow(row);
}

export async function createEventItem(db: D1Database, input: EventItemInput): Promise<EventItem> {
  const id = crypto.randomUUID();
  const now = new Date().toISOString();
  const row = { id, ...toRow(input), created_at: now, updated_at: now };
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  await db
    .prepare(`INSERT INTO events (${columns.map(quoted).join(", ")}) VALUES (${places})`)
    .bind(...Object.values(row))
    .run();
  return findEventItem(db, id);
}

export async function updateEventItem(db: D1Database, id: string, input: EventItemInput): Promise<EventItem> {
  const row = { ...toRow(input), updated_at: new Date().toISOString() };
  const columns = Object.keys(row);
  await db
    .prepare(`UPDATE events SET ${columns.map((column) => `${quoted(column)} = ?`).join(", ")} WHERE id = ?`)
    .bind(...Object.values(row), id)
    .run();
  return findEventItem(db, id);
}

/** Column names are this file's own; the quotes keep a name like "order" from being read as SQL. */
function quoted(column: string): string {
  return `"${column}"`;
}

export async function deleteEventItem(db: D1Database, id: string): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM events WHERE id = ?").bind(id),
  ]);
}

export async function summarize(db: D1Database, query: URLSearchParams): Promise<Summary> {
  const where = conditions(query);
  const figures = await db
    .prepare(`SELECT COUNT(*) AS count FROM events ${where.sql}`)
    .bind(...where.values)
    .first<Record<string, number | null>>();
  return {
    count: figures?.count ?? 0,
  };
}
