import type { Synced } from "../../backend/types.ts";
import { showDate } from "./format.ts";
import { Badge, Card, Empty } from "./ui.tsx";

/** What other apps told this one about. */
export function SyncedList({ items }: { items: Synced[] }) {
  return (
    <section aria-label="%{sync_title}">
      <h2 className="mb-2 text-sm font-semibold text-stone-500 dark:text-stone-400">%{sync_title}</h2>
      <Card>
        {items.length === 0 && <Empty title="%[Nothing yet. What happens there shows up here.]" />}
        <ul className="divide-y divide-stone-100 dark:divide-stone-800">
          {items.map((item) => (
            <li key={`${item.source} ${item.kind} ${item.id}`} className="flex flex-wrap items-center gap-2 px-4 py-2.5 text-sm">
              <span className={`min-w-0 flex-1 break-words ${item.done ? "text-stone-400 line-through" : ""}`}>
                {item.title || item.id}
              </span>
              {item.date && <Badge>{showDate(item.time ? `${item.date}T${item.time}` : item.date)}</Badge>}
              <Badge tone="accent">{item.kind}</Badge>
            </li>
          ))}
        </ul>
      </Card>
    </section>
  );
}
