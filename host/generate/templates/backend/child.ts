%{clock_import}
import { notFound%{problem_import} } from "./http.ts";
import type { %{Child}, %{Child}Input } from "./types.ts";

interface Row {
  id: string;
  %{row_fields}
  created_at: string;
}

function fromRow(row: Row): %{Child} {
  return {
    id: row.id,
    %{from_row}
    created_at: row.created_at,
  };
}

/** The %{child_plural_label} of one %{entity_label}, %{order_words}. */
export async function list%{Children}(db: D1Database, parent: string): Promise<%{Child}[]> {
  const { results } = await db
    .prepare("SELECT * FROM %{child_table} WHERE parent_id = ? ORDER BY %{order} LIMIT 500")
    .bind(parent)
    .all<Row>();
  return results.map(fromRow);
}

export async function add%{Child}(db: D1Database, parent: string, input: %{Child}Input): Promise<%{Child}> {
  const id = crypto.randomUUID();
  const created_at = new Date().toISOString();
  // @if ledger
  const change = input.direction === "out" ? -input.amount : input.amount;
  // The CHECK on %{quantity_label} makes both statements fail when there is not enough, also when two come at once.
  try {
    await db.batch([
      db
        .prepare("INSERT INTO %{child_table} (%{insert_columns}) VALUES (%{insert_places})")
        .bind(%{insert_values}),
      db
        .prepare("UPDATE %{table} SET %{quantity} = %{quantity} + ?, updated_at = ? WHERE id = ?")
        .bind(change, created_at, parent),
    ]);
  } catch (error) {
    if (!/CHECK/.test(String(error))) throw error;
    throw new Problem(422, "%[There is not that much left.]", { amount: "%[There is not that much left.]" });
  }
  // @end
  // @if capacity
  // One statement, so that two people cannot both take the last place.
  const result = await db
    .prepare(
      `INSERT INTO %{child_table} (%{insert_columns}) SELECT %{insert_places}
       WHERE (SELECT COUNT(*) FROM %{child_table} WHERE parent_id = ?) < (SELECT %{capacity_sql} FROM %{table} WHERE id = ?)`,
    )
    .bind(%{insert_values}, parent, parent)
    .run();
  if (result.meta.changes === 0) throw new Problem(422, "%[This is full.]");
  // @end
  // @if plain
  await db
    .prepare("INSERT INTO %{child_table} (%{insert_columns}) VALUES (%{insert_places})")
    .bind(%{insert_values})
    .run();
  // @end
  const row = await db.prepare("SELECT * FROM %{child_table} WHERE id = ?").bind(id).first<Row>();
  if (row === null) throw notFound();
  return fromRow(row);
}
// @if removable

export async function remove%{Child}(db: D1Database, parent: string, id: string): Promise<void> {
  await db.prepare("DELETE FROM %{child_table} WHERE parent_id = ? AND id = ?").bind(parent, id).run();
}
// @end
