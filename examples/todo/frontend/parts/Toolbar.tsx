import type { Summary } from "../../backend/types.ts";

/** What the list shows and in which order; empty means everything. */
export interface Query {
  search: string;
  done: string;
  category: string;
  priority: string;
  sort: string;
}

export const everything: Query = { search: "", done: "", category: "", priority: "", sort: "" };

/** The query as the backend reads it. */
export function asParameters(query: Query): string {
  const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  return parameters.toString();
}

interface ToolbarProps {
  query: Query;
  summary: Summary | undefined;
  onChange: (query: Query) => void;
}

export function Toolbar({ query, summary, onChange }: ToolbarProps) {
  const set = (name: keyof Query) => (value: string) => onChange({ ...query, [name]: value });
  return (
    <div role="search" className="flex flex-wrap items-center gap-2">
      <label className="min-w-40 flex-1">
        <span className="sr-only">Search</span>
        <input
          type="search"
          value={query.search}
          placeholder="Search: Title, Category"
          onChange={(event) => set("search")(event.target.value)}
          className="w-full rounded-lg bg-white px-3 py-1.5 text-sm ring-1 ring-inset ring-stone-300 placeholder:text-stone-400 focus:ring-2 focus:ring-indigo-600 focus:outline-none dark:bg-stone-900 dark:ring-stone-700"
        />
      </label>
      <Chips
        label="Done"
        value={query.done}
        options={[
          ["", "All"],
          ["0", "Open"],
          ["1", "Done"],
        ]}
        onChange={set("done")}
      />
      <Select
        label="Category"
        value={query.category}
        onChange={set("category")}
        options={[["", "Category: all"], ...(summary?.category ?? []).map((one) => [one, one] as const)]}
      />
      <Select
        label="Priority"
        value={query.priority}
        onChange={set("priority")}
        options={[["", "Priority: all"], ["high", "High"], ["medium", "Medium"], ["low", "Low"]]}
      />
      <Select label="Sort" value={query.sort} onChange={set("sort")} options={SORTS} />
    </div>
  );
}

const SORTS: Options = [
  ["", "Due date"],
  ["newest", "Newest"],
  ["title", "Title"],
  ["category", "Category"],
  ["priority", "Priority"],
];

type Options = readonly (readonly [value: string, label: string])[];

interface PickProps {
  label: string;
  value: string;
  options: Options;
  onChange: (value: string) => void;
}

function Select({ label, value, options, onChange }: PickProps) {
  return (
    <label className="flex items-center gap-1">
      <span className="sr-only">{label}</span>
      {label === "Sort" && (
        <span aria-hidden className="text-stone-400">
          ⇅
        </span>
      )}
      <select
        value={value}
        title={label}
        onChange={(event) => onChange(event.target.value)}
        className={`max-w-40 rounded-lg px-2 py-1.5 text-sm ring-1 ring-inset focus:ring-2 focus:ring-indigo-600 focus:outline-none ${value === "" || label === "Sort" ? "bg-white ring-stone-300 dark:bg-stone-900 dark:ring-stone-700" : "bg-indigo-50 ring-indigo-300 dark:bg-indigo-950 dark:ring-indigo-700"}`}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Chips({ label, value, options, onChange }: PickProps) {
  return (
    <div role="group" aria-label={label} className="flex rounded-lg bg-stone-200/60 p-0.5 dark:bg-stone-800">
      {options.map(([option, text]) => (
        <button
          key={option}
          type="button"
          aria-pressed={value === option}
          onClick={() => onChange(option)}
          className="rounded-md px-2.5 py-1 text-sm text-stone-600 aria-pressed:bg-white aria-pressed:font-medium aria-pressed:text-stone-900 aria-pressed:shadow-sm dark:text-stone-400 dark:aria-pressed:bg-stone-600 dark:aria-pressed:text-white"
        >
          {text}
        </button>
      ))}
    </div>
  );
}
