import type { Todo } from "../../backend/types.ts";
import { daysBetween, showDate, today } from "./format.ts";
import { Badge, Fact } from "./ui.tsx";

interface RowProps {
  todo: Todo;
  onOpen: () => void;
  onToggle: (done: boolean) => void;
}

/** One line of the list: a click opens it. */
export function Row({ todo, onOpen, onToggle }: RowProps) {
  const mark1 = !todo.done && todo.due_date !== null && todo.due_date.slice(0, 10) < today();
  const standsOut = mark1;
  const PRIORITIES = {
    low: { label: "Low", tone: "plain" },
    medium: { label: "Medium", tone: "warm" },
    high: { label: "High", tone: "bad" },
  } as const;
  return (
    <div className={`flex items-start gap-3 px-4 py-3 hover:bg-stone-50 dark:hover:bg-stone-800/50 ${standsOut ? "bg-red-50 dark:bg-red-950/40" : ""}`}>
      <input
        type="checkbox"
        checked={todo.done}
        aria-label={`Done: ${todo.title}`}
        onChange={(event) => onToggle(event.target.checked)}
        className="mt-0.5 size-5 shrink-0 rounded accent-indigo-600"
      />
      <button
        type="button"
        onClick={onOpen}
        className="min-w-0 flex-1 rounded text-left focus-visible:outline-2 focus-visible:outline-indigo-600"
      >
        <span className={`block font-medium break-words ${todo.done ? "text-stone-400 line-through dark:text-stone-500" : ""}`}>
          {todo.title}
        </span>
        <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 empty:hidden">
          {mark1 && <Badge tone="bad">Overdue ({daysBetween(todo.due_date ?? "", today())} days late)</Badge>}
          {todo.category && <Badge tone="accent">{todo.category}</Badge>}
          {todo.due_date && <Fact label="Due date">{showDate(todo.due_date)}</Fact>}
          <Badge tone={PRIORITIES[todo.priority].tone}>{PRIORITIES[todo.priority].label}</Badge>
        </span>
      </button>
    </div>
  );
}
