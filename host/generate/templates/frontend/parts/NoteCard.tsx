import type { %{Type} } from "../../backend/types.ts";
// @if colour
import { COLOURS } from "./colours.ts";
// @end
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
  // @if pin
  onPin: (pinned: boolean) => void;
  // @end
}

/** A note on the wall: a click opens it. */
export function Row({ %{variable}, onOpen%{row_args} }: RowProps) {
  %{row_lets}
  return (
    <article
      // @if colour
      className={`relative flex min-h-32 flex-col rounded-2xl p-4 text-stone-900 shadow-sm ring-1 ring-black/5 ${(COLOURS[%{variable}.%{colour_field} ?? ""] ?? COLOURS.%{colour_first})?.look}`}
      // @else
      className="relative flex min-h-32 flex-col rounded-2xl bg-white p-4 shadow-sm ring-1 ring-stone-200 dark:bg-stone-900 dark:ring-stone-800"
      // @end
    >
      <button
        type="button"
        onClick={onOpen}
        className="flex min-w-0 flex-1 flex-col items-start rounded text-left focus-visible:outline-2 focus-visible:outline-offset-4"
      >
        <span className="%{title_look} max-w-full break-words empty:hidden">{%{row_title_raw}}</span>
        %{row_text}
        <span className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 empty:hidden">
          %{row_facts}
        </span>
      </button>
      %{row_body}
      // @if pin
      <button
        type="button"
        aria-pressed={%{variable}.pinned}
        aria-label={`%[Pin]: ${%{row_title}}`}
        title={%{variable}.pinned ? "%[Unpin]" : "%[Pin]"}
        onClick={() => onPin(!%{variable}.pinned)}
        className="absolute top-3 right-3 rounded p-1 opacity-30 hover:opacity-100 aria-pressed:opacity-100"
      >
        <svg viewBox="0 0 16 16" aria-hidden className="size-4 fill-current">
          <path d="M8 1l2.2 4.5 4.9.7-3.5 3.4.8 4.9L8 12.2l-4.4 2.3.8-4.9L.9 6.2l4.9-.7z" />
        </svg>
      </button>
      // @end
    </article>
  );
}
