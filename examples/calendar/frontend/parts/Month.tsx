import { isoDay, today } from "./format.ts";

/** Something on a day, wherever it comes from. */
export interface Entry {
  key: string;
  date: string;
  time: string | null;
  title: string;
  done: boolean;
  /** From another app: shown, not edited here. */
  foreign: boolean;
}

interface MonthProps {
  /** The first of the month that is shown. */
  month: string;
  chosen: string;
  entries: Entry[];
  onChoose: (day: string) => void;
}

/** A month as a grid of days, weeks starting on Monday. */
export function Month({ month, chosen, entries, onChoose }: MonthProps) {
  const days = daysOfGrid(month);
  return (
    <div className="overflow-hidden rounded-2xl">
      <div aria-hidden className="grid grid-cols-7 border-b border-stone-200 text-center text-xs text-stone-500 dark:border-stone-800 dark:text-stone-400">
        {days.slice(0, 7).map((day) => (
          <span key={day} className="py-2">
            {new Date(`${day}T00:00`).toLocaleDateString(undefined, { weekday: "short" })}
          </span>
        ))}
      </div>
      <div className="grid grid-cols-7 gap-px bg-stone-200 dark:bg-stone-800">
        {days.map((day) => {
          const here = entries.filter((entry) => entry.date === day);
          const outside = !day.startsWith(month.slice(0, 7));
          return (
            <button
              key={day}
              type="button"
              aria-pressed={day === chosen}
              aria-current={day === today() ? "date" : undefined}
              aria-label={`${longDay(day)}: ${here.length}`}
              onClick={() => onChoose(day)}
              className={`flex min-h-14 min-w-0 flex-col gap-0.5 p-1 text-left align-top focus-visible:z-10 focus-visible:outline-2 focus-visible:outline-indigo-600 sm:min-h-24 ${day === chosen ? "bg-indigo-50 dark:bg-indigo-950" : "bg-white hover:bg-stone-50 dark:bg-stone-900 dark:hover:bg-stone-800"}`}
            >
              <span
                className={`flex size-6 items-center justify-center rounded-full text-xs tabular-nums ${day === today() ? "bg-indigo-600 font-semibold text-white" : outside ? "text-stone-300 dark:text-stone-600" : "text-stone-600 dark:text-stone-300"}`}
              >
                {Number(day.slice(8))}
              </span>
              {here.slice(0, 3).map((entry) => (
                <span
                  key={entry.key}
                  title={entry.title}
                  className={`block w-full truncate rounded px-1 text-[0.65rem] leading-4 ${look(entry)}`}
                >
                  {entry.time && <span className="tabular-nums">{entry.time} </span>}
                  {entry.title}
                </span>
              ))}
              {here.length > 3 && <span className="px-1 text-[0.65rem] text-stone-500">+{here.length - 3}</span>}
            </button>
          );
        })}
      </div>
    </div>
  );
}

export function look(entry: Entry): string {
  if (entry.done) return "bg-stone-100 text-stone-400 line-through dark:bg-stone-800 dark:text-stone-500";
  return entry.foreign
    ? "bg-amber-100 text-amber-900 dark:bg-amber-950 dark:text-amber-200"
    : "bg-indigo-100 text-indigo-900 dark:bg-indigo-900 dark:text-indigo-100";
}

export function longDay(day: string): string {
  return new Date(`${day}T00:00`).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
}

/** The days that a month's grid shows: whole weeks, six of them at most. */
export function daysOfGrid(month: string): string[] {
  const first = new Date(`${month}T00:00`);
  const lead = (first.getDay() + 6) % 7;
  const length = new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate();
  const cells = Math.ceil((lead + length) / 7) * 7;
  return Array.from({ length: cells }, (_, index) =>
    isoDay(new Date(first.getFullYear(), first.getMonth(), index + 1 - lead)),
  );
}

/** The first day of the month that is some months away. */
export function monthAway(month: string, months: number): string {
  const first = new Date(`${month}T00:00`);
  return isoDay(new Date(first.getFullYear(), first.getMonth() + months, 1));
}
