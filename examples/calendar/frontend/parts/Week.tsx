import { isoDay, today } from "./format.ts";
import { longDay, look } from "./Month.tsx";
import type { Entry } from "./Month.tsx";

interface WeekProps {
  days: string[];
  chosen: string;
  entries: Entry[];
  onChoose: (day: string) => void;
}

/** Seven days side by side, below each other where it is narrow. */
export function Week({ days, chosen, entries, onChoose }: WeekProps) {
  return (
    <div className="grid gap-px overflow-hidden rounded-2xl bg-stone-200 sm:grid-cols-7 dark:bg-stone-800">
      {days.map((day) => (
        <button
          key={day}
          type="button"
          aria-pressed={day === chosen}
          aria-label={longDay(day)}
          onClick={() => onChoose(day)}
          className={`flex min-h-12 min-w-0 flex-col gap-1 p-2 text-left sm:min-h-56 ${day === chosen ? "bg-indigo-50 dark:bg-indigo-950" : "bg-white dark:bg-stone-900"}`}
        >
          <span className={`text-xs ${day === today() ? "font-semibold text-indigo-700 dark:text-indigo-300" : "text-stone-500"}`}>
            {new Date(`${day}T00:00`).toLocaleDateString(undefined, { weekday: "short", day: "numeric" })}
          </span>
          {entries
            .filter((entry) => entry.date === day)
            .map((entry) => (
              <span key={entry.key} className={`block w-full rounded px-1.5 py-0.5 text-xs break-words ${look(entry)}`}>
                {entry.time && <span className="tabular-nums">{entry.time} </span>}
                {entry.title}
              </span>
            ))}
        </button>
      ))}
    </div>
  );
}

/** Monday to Sunday around a day. */
export function weekOf(day: string): string[] {
  const weekday = (new Date(`${day}T00:00`).getDay() + 6) % 7;
  return [0, 1, 2, 3, 4, 5, 6].map((index) => dayAway(day, index - weekday));
}

export function dayAway(day: string, days: number): string {
  const date = new Date(`${day}T00:00`);
  return isoDay(new Date(date.getFullYear(), date.getMonth(), date.getDate() + days));
}
