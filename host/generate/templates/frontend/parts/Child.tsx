import { useState } from "react";
import type { FormEvent } from "react";
import { api, useQuery } from "@atoll/sdk";
import type { %{Child} } from "../../backend/types.ts";
import { %{field_imports} } from "./fields.tsx";
// @if child_format
import { %{child_format_imports} } from "./format.ts";
// @end
import { problemsOf } from "./problems.ts";
%{totals_import}
import { %{child_ui_imports} } from "./ui.tsx";

interface Draft {
  %{draft_type}
}

const EMPTY: Draft = { %{draft_empty} };

/** The %{child_plural_label} of one %{entity_label}, with a line to add one. */
export function %{Children}({ parent, onChange }: { parent: string; onChange: () => void }) {
  const path = `/%{path}/${parent}/%{child_path}`;
  const { data, refresh } = useQuery<%{Child}[]>(path);
  const [draft, setDraft] = useState(EMPTY);
  const [problems, setProblems] = useState<Record<string, string>>({});

  function bind<Name extends keyof Draft>(name: Name) {
    return {
      name,
      value: draft[name],
      problem: problems[name],
      onChange: (value: Draft[Name]) => setDraft((now) => ({ ...now, [name]: value })),
    };
  }

  async function attempt(work: () => Promise<unknown>) {
    try {
      await work();
      setProblems({});
      setDraft(EMPTY);
    } catch (error) {
      setProblems(problemsOf(error));
    }
    refresh();
    onChange();
  }

  // @if ledger
  const book = (direction: "in" | "out") => attempt(() => api.post(path, { ...draft, direction }));
  const add = (event: FormEvent) => event.preventDefault();
  // @else
  const add = (event: FormEvent) => {
    event.preventDefault();
    void attempt(() => api.post(path, draft));
  };
  // @end

  const %{child_plural} = data ?? [];
  return (
    <section aria-label={%{child_heading}} className="border-t border-stone-100 p-4 dark:border-stone-800">
      <h3 className="mb-2 text-sm font-semibold">{%{child_heading}}</h3>
      {%{child_plural}.length === 0 && <p className="text-sm text-stone-500 dark:text-stone-400">%[None yet.]</p>}
      <ul className="space-y-1">
        {%{child_plural}.map((%{child_variable}) => (
          <li key={%{child_variable}.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            %{child_facts}
            // @if removable
            <span className="ml-auto">
              <Button look="danger" label={%{remove_label}} onClick={() => attempt(() => api.delete(`${path}/${%{child_variable}.id}`))}>
                ✕
              </Button>
            </span>
            // @end
          </li>
        ))}
      </ul>
      %{child_totals}
      <form onSubmit={add} noValidate className="mt-3">
        <div className="grid items-start gap-x-4 gap-y-3 sm:grid-cols-2">
          %{inputs}
        </div>
        <p role="alert" className="mt-2 text-sm font-medium text-red-700 empty:hidden dark:text-red-400">
          {problems[""]}
        </p>
        <div className="mt-3 flex gap-2">
          // @if ledger
          <Button look="primary" onClick={() => book("in")}>
            %[Book in]
          </Button>
          <Button onClick={() => book("out")}>%[Book out]</Button>
          // @else
          <Button submit>{%{child_add}}</Button>
          // @end
        </div>
      </form>
    </section>
  );
}
