import type { Summary } from "../../backend/types.ts";

/** What the list shows and in which order; empty means everything. */
export interface Query {
  %{query_type}
}

export const everything: Query = { %{query_empty} };

/** The query as the backend reads it. */
export function asParameters(query: Query%{today_param}): string {
  const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  // @if today
  parameters.set("today", today);
  // @end
  return parameters.toString();
}

interface ToolbarProps {
  query: Query;
  summary: Summary | undefined;
  onChange: (query: Query) => void;
}

export function Toolbar({ query, %{summary_arg}onChange }: ToolbarProps) {
  const set = (name: keyof Query) => (value: string) => onChange({ ...query, [name]: value });
  return (
    <div role="search" className="flex flex-wrap items-center gap-2">
      // @if search
      <label className="min-w-40 flex-1">
        <span className="sr-only">%[Search]</span>
        <input
          type="search"
          value={query.search}
          placeholder="%{search_placeholder}"
          onChange={(event) => set("search")(event.target.value)}
          className="w-full rounded-lg bg-white px-3 py-1.5 text-sm ring-1 ring-inset ring-stone-300 placeholder:text-stone-400 focus:ring-2 focus:ring-%{accent}-600 focus:outline-none dark:bg-stone-900 dark:ring-stone-700"
        />
      </label>
      // @end
      // @if done
      <Chips
        label="%{done_label}"
        value={query.%{done_field}}
        options={[
          ["", "%[All]"],
          ["0", "%{open_word}"],
          ["1", "%{done_label}"],
        ]}
        onChange={set("%{done_field}")}
      />
      // @end
      %{filters}
      <Select label="%[Sort]" value={query.sort} onChange={set("sort")} options={SORTS} />
    </div>
  );
}

const SORTS: Options = [
  %{sorts}
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
      {label === "%[Sort]" && (
        <span aria-hidden className="text-stone-400">
          ⇅
        </span>
      )}
      <select
        value={value}
        title={label}
        onChange={(event) => onChange(event.target.value)}
        className={`max-w-40 rounded-lg px-2 py-1.5 text-sm ring-1 ring-inset focus:ring-2 focus:ring-%{accent}-600 focus:outline-none ${value === "" || label === "%[Sort]" ? "bg-white ring-stone-300 dark:bg-stone-900 dark:ring-stone-700" : "bg-%{accent}-50 ring-%{accent}-300 dark:bg-%{accent}-950 dark:ring-%{accent}-700"}`}
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
// @if chips

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
// @end
// @if month_filter

function MonthPicker({ label, value, onChange }: Omit<PickProps, "options">) {
  return (
    <label className="flex items-center gap-1.5 text-sm text-stone-500 dark:text-stone-400">
      {label}
      <input
        type="month"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="rounded-lg bg-white px-2 py-1 text-sm text-stone-900 ring-1 ring-inset ring-stone-300 focus:ring-2 focus:ring-%{accent}-600 focus:outline-none dark:bg-stone-900 dark:text-stone-100 dark:ring-stone-700"
      />
    </label>
  );
}
// @end
