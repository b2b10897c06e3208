// env.DB: D1's interface over the host's `sql`. `meta` holds what the host knows; the row counts and sizes
// that only D1's servers know are absent.
import native from "internal:native";
import { bytesOf, isBufferSource } from "internal:webidl";

const OBJECTS = false;
const ARRAYS = true;

function parameter(value, index) {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "object":
      if (value === null) return null;
      if (isBufferSource(value)) return bytesOf(value);
      if (Array.isArray(value) && value.every((item) => Number.isInteger(item))) return Uint8Array.from(value);
  }
  const what = value instanceof Date ? "a Date (use toISOString())" : typeof value;
  throw new TypeError(`D1_TYPE_ERROR: parameter ${index + 1} is ${what}; SQL takes text, numbers, booleans, null and bytes`);
}

function result(answer) {
  const { rows, changes, lastRowId, durationMs } = answer;
  return {
    success: true,
    results: rows,
    meta: { duration: durationMs, changes, last_row_id: lastRowId, changed_db: changes > 0 },
  };
}

let statementOf;

class D1PreparedStatement {
  #sql;
  #parameters;

  static {
    statementOf = (statement) => [statement.#sql, statement.#parameters];
  }

  constructor(sql, parameters) {
    this.#sql = sql;
    this.#parameters = parameters;
  }
  bind(...values) {
    return new D1PreparedStatement(this.#sql, values.map(parameter));
  }
  async all() {
    return result(native.sqlQuery(this.#sql, this.#parameters, OBJECTS));
  }
  async run() {
    return this.all();
  }
  async first(column) {
    const { rows } = native.sqlQuery(this.#sql, this.#parameters, OBJECTS);
    if (rows.length === 0) return null;
    if (column === undefined) return rows[0];
    if (!Object.hasOwn(rows[0], column)) throw new Error(`D1_ERROR: the result has no column ${JSON.stringify(column)}`);
    return rows[0][column];
  }
  async raw(options) {
    const { rows, columns } = native.sqlQuery(this.#sql, this.#parameters, ARRAYS);
    return options?.columnNames ? [columns, ...rows] : rows;
  }
}

class D1Database {
  prepare(sql) {
    return new D1PreparedStatement(`${sql}`, []);
  }
  async batch(statements) {
    const list = [...statements].map((statement) => {
      if (!(statement instanceof D1PreparedStatement)) throw new TypeError("DB.batch takes a list of prepared statements");
      return statementOf(statement);
    });
    return native.sqlBatch(list).map(result);
  }
  async exec(sql) {
    const start = native.monotonicMs();
    const count = native.sqlExec(`${sql}`);
    return { count, duration: native.monotonicMs() - start };
  }
}

export const database = new D1Database();
