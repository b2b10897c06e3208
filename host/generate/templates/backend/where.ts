/** Collects conditions for a query; values are always bound, never written into the SQL. */
export class Where {
  conditions: string[] = [];
  values: (string | number)[] = [];

  get sql(): string {
    return this.conditions.length === 0 ? "" : `WHERE ${this.conditions.join(" AND ")}`;
  }

  /** A condition with its values, in order. */
  add(condition: string, ...values: (string | number)[]): void {
    this.conditions.push(condition);
    this.values.push(...values);
  }

  /** The column has this value; nothing given means any. */
  equals(column: string, value: string | number | null): void {
    if (value !== null && value !== "") this.add(`${column} = ?`, value);
  }

  // @if tags
  /** The column is a list that holds this text; nothing given means any. */
  holds(column: string, text: string | null): void {
    if (text !== null && text !== "") this.add(`instr(${column}, ?) > 0`, JSON.stringify(text));
  }

  // @end
  /** Every word is in at least one of the columns. */
  search(text: string | null, columns: string[]): void {
    for (const word of (text ?? "").split(/\s+/).filter(Boolean).slice(0, 8)) {
      const pattern = `%${word.replace(/[!%_]/g, "!$&")}%`;
      const any = columns.map((column) => `${column} LIKE ? ESCAPE '!'`).join(" OR ");
      this.add(`(${any})`, ...columns.map(() => pattern));
    }
  }
}
