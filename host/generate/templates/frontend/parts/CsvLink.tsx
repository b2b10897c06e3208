import type { %{Type} } from "../../backend/types.ts";

const COLUMNS: readonly (readonly [name: keyof %{Type}, label: string])[] = [
  %{columns}
];

/** Downloads what is listed right now as a table. */
export function CsvLink({ items }: { items: %{Type}[] }) {
  const lines = [COLUMNS.map(([, label]) => label), ...items.map((item) => COLUMNS.map(([name]) => item[name]))];
  const csv = lines.map((line) => line.map(cell).join(",")).join("\r\n");
  return (
    <a
      href={`data:text/csv;charset=utf-8,${encodeURIComponent(`\uFEFF${csv}\r\n`)}`}
      download="%{path}.csv"
      className="shrink-0 rounded-lg px-3 py-1.5 text-sm font-medium text-stone-600 ring-1 ring-inset ring-stone-300 hover:bg-stone-100 dark:text-stone-300 dark:ring-stone-700 dark:hover:bg-stone-800"
    >
      CSV
      <span className="sr-only"> %[Download]</span>
    </a>
  );
}

/** A spreadsheet runs a text that starts with one of these as a formula; a leading quote stops that. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return Array.isArray(value) ? quoted(value.join(" ")) : String(value);
  return quoted(FORMULA.test(value) ? `'${value}` : value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
