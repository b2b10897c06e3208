import { useState } from "react";
import type { FormEvent } from "react";
import { api } from "@atoll/sdk";
import type { Summary, Todo } from "../../backend/types.ts";
import { ChoiceField, TextField } from "./fields.tsx";
import { problemsOf } from "./problems.ts";
import { Button } from "./ui.tsx";

/** What the inputs hold: numbers stay as they were typed until the backend reads them. */
interface Draft {
  title: string;
  category: string;
  due_date: string;
  priority: string;
}

function draftOf(todo: Todo | null): Draft {
  return {
    title: todo?.title ?? "",
    category: todo?.category ?? "",
    due_date: todo?.due_date ?? "",
    priority: todo?.priority ?? "medium",
  };
}

interface FormProps {
  todo: Todo | null;
  summary: Summary | undefined;
  onSaved: (todo: Todo) => void;
  onCancel?: () => void;
  onDelete?: () => void;
}

export function Form({ todo, summary, onSaved, onCancel, onDelete }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(todo));
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [saving, setSaving] = useState(false);

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
      const saved = todo ? await api.put<Todo>(`/todos/${todo.id}`, draft) : await api.post<Todo>("/todos", draft);
      setProblems({});
      onSaved(saved);
    } catch (error) {
      setProblems(problemsOf(error));
    } finally {
      setSaving(false);
    }
  }

  return (
    <form
      onSubmit={save}
      onKeyDown={(event) => event.key === "Escape" && onCancel?.()}
      noValidate
      aria-label={"todo"}
      className="p-4"
    >
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        <TextField label="Title" {...bind("title")} required autoFocus />
        <TextField label="Category" {...bind("category")} suggestions={summary?.category} />
        <TextField label="Due date" {...bind("due_date")} type="date" />
        <ChoiceField
          label="Priority"
          {...bind("priority")}
          options={[["low", "Low"], ["medium", "Medium"], ["high", "High"]]}
        />
      </div>
      <p role="alert" className="mt-2 text-sm font-medium text-red-700 empty:hidden dark:text-red-400">
        {problems[""]}
      </p>
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button look="primary" submit disabled={saving}>
          Save
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        {onDelete && (
          <span className="ml-auto">
            <Button look="danger" onClick={onDelete}>
              Delete
            </Button>
          </span>
        )}
      </div>
    </form>
  );
}
