import { useState } from "react";
import type { %{Type} } from "../../backend/types.ts";
// @if row_format
import { %{row_format_imports} } from "./format.ts";
// @end
import { %{answer_ui_imports} } from "./ui.tsx";

/** One answer with everything that was filled in. */
export function Answer({ %{variable}, onDelete }: { %{variable}: %{Type}; onDelete: () => void }) {
  const [sure, setSure] = useState(false);
  %{row_lets}
  return (
    <div className="flex items-start gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">
          {%{row_title}}
          // @if reference
          <span className="ml-2 text-xs font-normal text-stone-500 tabular-nums">{%{variable}.reference}</span>
          // @end
        </p>
        %{row_text}
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 empty:hidden">
          %{row_facts}
        </p>
      </div>
      <Button look="danger" onClick={() => (sure ? onDelete() : setSure(true))}>
        {sure ? "%[Really delete?]" : "%[Delete]"}
      </Button>
    </div>
  );
}
