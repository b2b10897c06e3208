import { useState } from "react";
import type { FormEvent } from "react";
import { api } from "@atoll/sdk";
import type { EventItem } from "../../backend/types.ts";
import { TextField } from "./fields.tsx";
import { today } from "./format.ts";
import { problemsOf } from "./problems.ts";
import { Button } from "./ui.tsx";

/** What the inputs hold: numbers stay as they were typed until the backend reads them. */
interface Draft {
  title: string;
  date: string;
  time: string;
  notes: string;
}

function draftOf(eventItem: EventItem | null, day?: string): Draft {
  return {
    title: eventItem?.title ?? "",
    date: eventItem?.date ?? day ?? today(),
    time: eventItem?.time ?? "",
    notes: eventItem?.notes ?? "",
  };
}

interface FormProps {
  eventItem: EventItem | null;
  day?: string;
  onSaved: (eventItem: EventItem) => void;
  onCancel?: () => void;
  onDelete?: () => void;
}

export function Form({ eventItem, day, onSaved, onCancel, onDelete }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(eventItem, day));
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
      const saved = eventItem ? await api.put<EventItem>(`/events/${eventItem.id}`, draft) : await api.post<EventItem>("/events", draft);
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
      aria-label={"event"}
      className="p-4"
    >
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        <TextField label="Title" {...bind("title")} required autoFocus />
        <TextField label="Date" {...bind("date")} type="date" required />
        <TextField label="Time" {...bind("time")} type="time" />
        <TextField label="Notes" {...bind("notes")} />
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
