import type { EventItem } from "../../backend/types.ts";
import { showDate } from "./format.ts";
import { Fact } from "./ui.tsx";

interface RowProps {
  eventItem: EventItem;
  onOpen: () => void;
}

/** One line of the list: a click opens it. */
export function Row({ eventItem, onOpen }: RowProps) {
  return (
    <div className="flex items-start gap-3 px-4 py-3 hover:bg-stone-50 dark:hover:bg-stone-800/50">
      <button
        type="button"
        onClick={onOpen}
        className="min-w-0 flex-1 rounded text-left focus-visible:outline-2 focus-visible:outline-indigo-600"
      >
        <span className="block font-medium break-words">{eventItem.title}</span>
        <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 empty:hidden">
          <Fact label="Date">{showDate(eventItem.date)}</Fact>
          {eventItem.time && <Fact label="Time">{eventItem.time}</Fact>}
          {eventItem.notes && <Fact label="Notes">{eventItem.notes}</Fact>}
        </span>
      </button>
    </div>
  );
}
