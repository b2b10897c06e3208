import type { %{Type} } from "../../backend/types.ts";
import { isoDay, today } from "./format.ts";
// @if row_ui
import { %{row_ui_imports} } from "./ui.tsx";
// @end

interface RowProps {
  %{variable}: %{Type};
  onOpen: () => void;
  onTick: (day: string, ticked: boolean) => void;
}

/** The last seven days as circles, today the last and largest. */
export function Row({ %{variable}, onOpen, onTick }: RowProps) {
  const ticked = new Set(%{variable}.days);
  const lastDay = today();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <button
        type="button"
        onClick={onOpen}
        className="min-w-32 flex-1 rounded text-left focus-visible:outline-2 focus-visible:outline-%{accent}-600"
      >
        <span className="block font-medium break-words">{%{row_title}}</span>
        <span className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className={`text-xs ${%{variable}.streak > 0 ? "font-medium text-%{accent}-700 dark:text-%{accent}-300" : "text-stone-500"}`}>
            %[Streak]: {%{variable}.streak} {%{variable}.streak === 1 ? "%[day]" : "%[days]"}
          </span>
          %{row_facts}
        </span>
      </button>
      <div className="flex items-end gap-1.5">
        {lastWeek().map((day) => (
          <label key={day} className="flex cursor-pointer flex-col items-center gap-1">
            <span className={`text-[0.65rem] ${day === lastDay ? "font-semibold" : "text-stone-400"}`}>
              {day === lastDay ? "%[Today]" : weekday(day)}
            </span>
            <input
              type="checkbox"
              checked={ticked.has(day)}
              aria-label={`${%{row_title}}, ${day === lastDay ? "%[Today]" : day}`}
              onChange={(event) => onTick(day, event.target.checked)}
              className="peer sr-only"
            />
            <span
              aria-hidden
              className={`flex items-center justify-center rounded-full text-transparent ring-2 ring-stone-300 ring-inset peer-checked:bg-%{accent}-600 peer-checked:text-white peer-checked:ring-%{accent}-600 peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 dark:ring-stone-600 ${day === lastDay ? "size-9" : "size-6 text-xs"}`}
            >
              ✓
            </span>
          </label>
        ))}
      </div>
    </div>
  );
}

function lastWeek(): string[] {
  const now = new Date();
  return [6, 5, 4, 3, 2, 1, 0].map((back) => isoDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - back)));
}

function weekday(day: string): string {
  return new Date(`${day}T00:00`).toLocaleDateString(%{locale}, { weekday: "narrow" });
}
