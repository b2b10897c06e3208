import { notFound } from "./http.ts";
import type { Summary, Todo, TodoInput } from "./types.ts";
import { Where } from "./where.ts";

/** A todo as the table keeps it. */
interface Row {
  id: string;
  title: string;
  category: string;
  due_date: string | null;
  priority: "low" | "medium" | "high";
  done: number;
  created_at: string;
  updated_at: string;
}

function fromRow(row: Row): Todo {
  return {
    id: row.id,
    title: row.title,
    category: row.category,
    due_date: row.due_date,
    priority: row.priority,
    done: row.done === 1,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function toRow(todo: TodoInput): Record<string, string | number | null> {
  return {
    title: todo.title,
    category: todo.category,
    due_date: todo.due_date,
    priority: todo.priority,
    done: Number(todo.done),
  };
}

/** Ways to sort. The first part of each query's order is the same for all: first what is open. */
const SORTS: Record<string, string> = {
  default: "due_date IS NULL, due_date",
  newest: "created_at DESC",
  title: "title COLLATE NOCASE",
  category: "category COLLATE NOCASE",
  priority: "CASE priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END",
};

function orderBy(sort: string | null): string {
  const chosen = sort !== null && Object.hasOwn(SORTS, sort) ? SORTS[sort] : SORTS.default;
  return `ORDER BY done, ${chosen}, todos.rowid DESC`;
}

function conditions(query: URLSearchParams): Where {
  const where = new Where();
  where.search(query.get("search"), ["title", "category"]);
  where.equals("category", query.get("category"));
  where.equals("priority", query.get("priority"));
  where.equals("done", query.get("done"));
  return where;
}

export async function listTodos(db: D1Database, query: URLSearchParams): Promise<Todo[]> {
  const where = conditions(query);
  const { results } = await db
    .prepare(`SELECT * FROM todos ${where.sql} ${orderBy(query.get("sort"))} LIMIT 1000`)
    .bind(...where.values)
    .all<Row>();
  return results.map(fromRow);
}

export async function findTodo(db: D1Database, id: string): Promise<Todo> {
  const row = await db.prepare("SELECT * FROM todos WHERE id = ?").bind(id).first<Row>();
  if (row === null) throw notFound();
  return fromRow(row);
}

export async function createTodo(db: D1Database, input: TodoInput): Promise<Todo> {
  const id = crypto.randomUUID();
  const now = new Date().toISOString();
  const row = { id, ...toRow(input), created_at: now, updated_at: now };
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  await db
    .prepare(`INSERT INTO todos (${columns.map(quoted).join(", ")}) VALUES (${places})`)
    .bind(...Object.values(row))
    .run();
  return findTodo(db, id);
}

export async function updateTodo(db: D1Database, id: string, input: TodoInput): Promise<Todo> {
  const row = { ...toRow(input), updated_at: new Date().toISOString() };
  const columns = Object.keys(row);
  await db
    .prepare(`UPDATE todos SET ${columns.map((column) => `${quoted(column)} = ?`).join(", ")} WHERE id = ?`)
    .bind(...Object.values(row), id)
    .run();
  return findTodo(db, id);
}

/** Column names are this file's own; the quotes keep a name like "order" from being read as SQL. */
function quoted(column: string): string {
  return `"${column}"`;
}

export async function deleteTodo(db: D1Database, id: string): Promise<void> {
  await db.prepare("DELETE FROM todos WHERE id = ?").bind(id).run();
}

export async function summarize(db: D1Database, query: URLSearchParams): Promise<Summary> {
  const where = conditions(query);
  const figures = await db
    .prepare(`SELECT COUNT(*) AS count, SUM(done = 0) AS open FROM todos ${where.sql}`)
    .bind(...where.values)
    .first<Record<string, number | null>>();
  return {
    count: figures?.count ?? 0,
    open: figures?.open ?? 0,
    category: await valuesOf(db, "category"),
  };
}

/** The values of a column that are in use, for suggestions and filters. */
async function valuesOf(db: D1Database, column: string): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT DISTINCT ${column} AS value FROM todos WHERE ${column} <> '' ORDER BY 1 COLLATE NOCASE LIMIT 200`)
    .all<{ value: string }>();
  return results.map(({ value }) => value);
}
