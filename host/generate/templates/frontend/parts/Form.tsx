import { useState } from "react";
import type { FormEvent } from "react";
import { api } from "@atoll/sdk";
import type { %{form_type_imports} } from "../../backend/types.ts";
import { %{field_imports} } from "./fields.tsx";
// @if form_format
import { %{form_format_imports} } from "./format.ts";
// @end
// @if colour
import { COLOURS } from "./colours.ts";
// @end
import { problemsOf } from "./problems.ts";
import { Button } from "./ui.tsx";

/** What the inputs hold: numbers stay as they were typed until the backend reads them. */
interface Draft {
  %{draft_type}
}

function draftOf(%{variable}: %{Type} | null%{draft_params}): Draft {
  return {
    %{draft_values}
  };
}

interface FormProps {
  %{variable}: %{Type} | null;
  // @if suggest
  summary: Summary | undefined;
  // @end
  // @if prefill_date
  day?: string;
  // @end
  onSaved: (%{variable}: %{Type}) => void;
  onCancel?: () => void;
  // @if !public_form
  onDelete?: () => void;
  // @end
}

export function Form({ %{form_args} }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(%{variable}%{draft_args}));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [saving, setSaving] = useState(false);
  // @if confirm_delete
  const [sure, setSure] = useState(false);
  // @end

  function bind<Name extends keyof Draft>(name: Name) {
    return {
      name,
      value: draft[name],
      problem: problems[name],
      onChange: (value: Draft[Name]) => setDraft((now) => ({ ...now, [name]: value })),
    };
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    setSaving(true);
    try {
      // @if public_form
      const saved = await api.post<%{Type}>("/%{path}", draft);
      // @else
      const saved = %{variable} ? await api.put<%{Type}>(`/%{path}/${%{variable}.id}`, draft) : await api.post<%{Type}>("/%{path}", draft);
      // @end
      setProblems({});
      onSaved(saved);
    } catch (error) {
      setProblems(problemsOf(error));
    } finally {
      setSaving(false);
    }
  }

  return (
    // @if public_form
    <form onSubmit={save} noValidate aria-label={%{form_label}} className="p-4">
    // @else
    <form
      onSubmit={save}
      onKeyDown={(event) => event.key === "Escape" && onCancel?.()}
      noValidate
      aria-label={%{form_label}}
      className="p-4"
    >
    // @end
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        %{inputs}
      </div>
      <p role="alert" className="mt-2 text-sm font-medium text-red-700 empty:hidden dark:text-red-400">
        {problems[""]}
      </p>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button look="primary" submit disabled={saving}>
          %{save_word}
        </Button>
        {onCancel && <Button onClick={onCancel}>%[Cancel]</Button>}
        // @if !public_form
        {onDelete && (
          <span className="ml-auto">
            // @if confirm_delete
            <Button look="danger" onClick={() => (sure ? onDelete() : setSure(true))}>
              {sure ? "%[Really delete, with everything in it?]" : "%[Delete]"}
            </Button>
            // @else
            <Button look="danger" onClick={onDelete}>
              %[Delete]
            </Button>
            // @end
          </span>
        )}
        // @end
      </div>
    </form>
  );
}
