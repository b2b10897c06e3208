import type { %{Type} } from "../../backend/types.ts";
// @if row_format
import { %{row_format_imports} } from "./format.ts";
// @end
// @if row_markdown
import { Markdown } from "./Markdown.tsx";
// @end
// @if row_ui
import { %{row_ui_imports} } from "./ui.tsx";
// @end

interface RowProps {
  %{variable}: %{Type};
  onOpen: () => void;
  // @if done
  onToggle: (done: boolean) => void;
  // @end
  // @if pin
  onPin: (pinned: boolean) => void;
  // @end
}

/** One line of the list: a click opens it. */
export function Row({ %{variable}, onOpen%{row_args} }: RowProps) {
  %{row_lets}
  return (
    <div %{row_class}>
      // @if done
      <input
        type="checkbox"
        checked={%{variable}.%{done_field}}
        aria-label={`%{done_label}: ${%{row_title}}`}
        onChange={(event) => onToggle(event.target.checked)}
        className="mt-0.5 size-5 shrink-0 rounded accent-%{accent}-600"
      />
      // @end
      <button
        type="button"
        onClick={onOpen}
        className="min-w-0 flex-1 rounded text-left focus-visible:outline-2 focus-visible:outline-%{accent}-600"
      >
        // @if done
        <span className={`block font-medium break-words ${%{variable}.%{done_field} ? "text-stone-400 line-through dark:text-stone-500" : ""}`}>
          {%{row_title}}
        </span>
        // @else
        <span className="block font-medium break-words">{%{row_title}}</span>
        // @end
        %{row_text}
        <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 empty:hidden">
          %{row_facts}
        </span>
      </button>
      // @if pin
      <button
        type="button"
        aria-pressed={%{variable}.pinned}
        aria-label={`%[Pin]: ${%{row_title}}`}
        title={%{variable}.pinned ? "%[Unpin]" : "%[Pin]"}
        onClick={() => onPin(!%{variable}.pinned)}
        className="rounded p-1 text-stone-300 hover:text-%{accent}-600 aria-pressed:text-%{accent}-600 dark:text-stone-600"
      >
        <svg viewBox="0 0 16 16" aria-hidden className="size-4 fill-current">
          <path d="M8 1l2.2 4.5 4.9.7-3.5 3.4.8 4.9L8 12.2l-4.4 2.3.8-4.9L.9 6.2l4.9-.7z" />
        </svg>
      </button>
      // @end
    </div>
  );
}
