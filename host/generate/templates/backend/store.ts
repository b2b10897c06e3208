%{clock_import}
import { notFound%{problem_import} } from "./http.ts";
// @if rules
import { checkRules%{rules_import} } from "./rules.ts";
// @end
// @if habits
import { streakOf } from "./streak.ts";
// @end
import type { %{store_types} } from "./types.ts";
import { Where } from "./where.ts";

/** %{An_entity} as the table keeps it. */
interface Row {
  id: string;
  %{row_fields}
  created_at: string;
  updated_at: string;
}

function fromRow(row: Row): %{Type} {
  return {
    id: row.id,
    %{from_row}
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function toRow(%{variable}: %{Type}Input): Record<string, string | number | null> {
  return {
    %{to_row}
  };
}

/** Ways to sort. The first part of each query's order is the same for all: %{order_first_words}. */
const SORTS: Record<string, string> = {
  %{sorts}
};

function orderBy(sort: string | null): string {
  const chosen = sort !== null && Object.hasOwn(SORTS, sort) ? SORTS[sort] : SORTS.%{sort_default};
  return `ORDER BY %{order_first}${chosen}, %{table}.rowid DESC`;
}

function conditions(%{query_name}: URLSearchParams): Where {
  const where = new Where();
  // @if bin
  where.add(query.get("bin") === "1" ? "deleted_at IS NOT NULL" : "deleted_at IS NULL");
  // @end
  %{conditions}
  return where;
}

export async function list%{Types}(db: D1Database, query: URLSearchParams): Promise<%{Type}[]> {
  // @if bin
  await emptyOldBin(db);
  // @end
  const where = conditions(query);
  const { results } = await db
    .prepare(`SELECT %{select} FROM %{table} ${where.sql} ${orderBy(query.get("sort"))} LIMIT 1000`)
    .bind(...where.values)
    .all<Row>();
  // @if habits
  return withTicks(db, results.map(fromRow), query.get("today"));
  // @else
  return results.map(fromRow);
  // @end
}

export async function find%{Type}(db: D1Database, id: string): Promise<%{Type}> {
  const row = await db.prepare("SELECT %{select} FROM %{table} WHERE id = ?").bind(id).first<Row>();
  if (row === null) throw notFound();
  // @if habits
  const [%{variable}] = await withTicks(db, [fromRow(row)], null);
  if (%{variable} === undefined) throw notFound();
  return %{variable};
  // @else
  return fromRow(row);
  // @end
}

export async function create%{Type}(db: D1Database, input: %{Type}Input): Promise<%{Type}> {
  const id = crypto.randomUUID();
  const now = new Date().toISOString();
  // @if rules
  await checkRules(db, input, id);
  // @end
  const row = { id, ...toRow(input), created_at: now, updated_at: now };
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  // @if guard
  await guard(
    db.prepare(`INSERT INTO %{table} (${columns.map(quoted).join(", ")}) VALUES (${places})`).bind(...Object.values(row)).run(),
  );
  // @else
  await db
    .prepare(`INSERT INTO %{table} (${columns.map(quoted).join(", ")}) VALUES (${places})`)
    .bind(...Object.values(row))
    .run();
  // @end
  return find%{Type}(db, id);
}

export async function update%{Type}(db: D1Database, id: string, input: %{Type}Input): Promise<%{Type}> {
  // @if rules
  await checkRules(db, input, id);
  // @end
  const row = { ...toRow(input), updated_at: new Date().toISOString() };
  const columns = Object.keys(row);
  // @if guard
  await guard(
    db
      .prepare(`UPDATE %{table} SET ${columns.map((column) => `${quoted(column)} = ?`).join(", ")} WHERE id = ?`)
      .bind(...Object.values(row), id)
      .run(),
  );
  // @else
  await db
    .prepare(`UPDATE %{table} SET ${columns.map((column) => `${quoted(column)} = ?`).join(", ")} WHERE id = ?`)
    .bind(...Object.values(row), id)
    .run();
  // @end
  return find%{Type}(db, id);
}

/** Column names are this file's own; the quotes keep a name like "order" from being read as SQL. */
function quoted(column: string): string {
  return `"${column}"`;
}
// @if bin

/** Puts %{a_entity} into the bin; from there it can be restored for %{bin_days} days. */
export async function delete%{Type}(db: D1Database, id: string): Promise<void> {
  await db.prepare("UPDATE %{table} SET deleted_at = ? WHERE id = ?").bind(new Date().toISOString(), id).run();
}

export async function restore%{Type}(db: D1Database, id: string): Promise<%{Type}> {
  // @if rules
  await checkRules(db, await find%{Type}(db, id), id);
  // @end
  // @if guard
  await guard(db.prepare("UPDATE %{table} SET deleted_at = NULL WHERE id = ?").bind(id).run());
  // @else
  await db.prepare("UPDATE %{table} SET deleted_at = NULL WHERE id = ?").bind(id).run();
  // @end
  return find%{Type}(db, id);
}

/** Removes for good what has been in the bin for %{bin_days} days. */
async function emptyOldBin(db: D1Database): Promise<void> {
  const oldest = new Date(Date.now() - %{bin_days} * 86_400_000).toISOString();
  await db.prepare("DELETE FROM %{table} WHERE deleted_at < ?").bind(oldest).run();
}
// @else

export async function delete%{Type}(db: D1Database, id: string): Promise<void> {
  // @if children|habits
  await db.batch([
    %{child_deletes}
    db.prepare("DELETE FROM %{table} WHERE id = ?").bind(id),
  ]);
  // @else
  await db.prepare("DELETE FROM %{table} WHERE id = ?").bind(id).run();
  // @end
}
// @end
// @if habits

/** Ticks or un-ticks a day; doing it twice changes nothing. */
export async function setTick(db: D1Database, id: string, day: string, ticked: boolean): Promise<%{Type}> {
  const statement = ticked
    ? db.prepare("INSERT OR IGNORE INTO ticks (%{variable}_id, day) VALUES (?, ?)")
    : db.prepare("DELETE FROM ticks WHERE %{variable}_id = ? AND day = ?");
  await statement.bind(id, day).run();
  return find%{Type}(db, id);
}

/** Adds the ticked days of the last year and the streak that they make. */
async function withTicks(db: D1Database, %{plural}: %{Type}[], today: string | null): Promise<%{Type}[]> {
  const now = new Date().toISOString().slice(0, 10);
  const end = today !== null && !Number.isNaN(Date.parse(`${today}T00:00:00Z`)) ? today : now;
  const start = new Date(Date.parse(end) - 366 * 86_400_000).toISOString().slice(0, 10);
  const { results } = await db
    .prepare("SELECT %{variable}_id, day FROM ticks WHERE day >= ? ORDER BY day DESC LIMIT 10000")
    .bind(start)
    .all<{ %{variable}_id: string; day: string }>();
  return %{plural}.map((%{variable}) => {
    const days = results.filter((tick) => tick.%{variable}_id === %{variable}.id).map((tick) => tick.day);
    return { ...%{variable}, days: days.slice(0, 60), streak: streakOf(days, end) };
  });
}
// @end

export async function summarize(db: D1Database, query: URLSearchParams): Promise<Summary> {
  const where = conditions(query);
  const figures = await db
    .prepare(`SELECT %{figures} FROM %{table} ${where.sql}`)
    .bind(...where.values)
    .first<Record<string, number | null>>();
  %{groups}
  return {
    %{summary}
  };
}
// @if group_by

/** The sum or count for each value of a column, largest first. */
async function groupsOf(db: D1Database, column: string, figure: string, where: Where): Promise<Group[]> {
  const { results } = await db
    .prepare(`SELECT ${column} AS name, ${figure} AS figure FROM %{table} ${where.sql} GROUP BY ${column} HAVING ${figure} <> 0 ORDER BY 2 DESC LIMIT 100`)
    .bind(...where.values)
    .all<{ name: string | null; figure: number | null }>();
  return results.map(({ name, figure }) => ({ name: name || "–", figure: figure ?? 0 }));
}
// @end
// @if values

/** The values of a column that are in use, for suggestions and filters. */
async function valuesOf(db: D1Database, column: string): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT DISTINCT ${column} AS value FROM %{table} WHERE ${column} <> ''%{not_deleted} ORDER BY 1 COLLATE NOCASE LIMIT 200`)
    .all<{ value: string }>();
  return results.map(({ value }) => value);
}
// @end
// @if tags

/** Every tag of a column that is in use. */
async function tagsInUse(db: D1Database, column: string): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT DISTINCT ${column} AS tags FROM %{table}%{where_not_deleted}`)
    .all<{ tags: string }>();
  const tags = results.flatMap(({ tags }) => JSON.parse(tags) as string[]);
  return [...new Set(tags)].sort((a, b) => a.localeCompare(b)).slice(0, 200);
}
// @end
// @if guard

/** The database has the last word when two requests come at once; its refusal becomes a message. */
async function guard<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (/UNIQUE|CHECK/.test(String(error))) throw new Problem(422, "%[Somebody else was faster. Please look again.]");
    throw error;
  }
}
// @end
