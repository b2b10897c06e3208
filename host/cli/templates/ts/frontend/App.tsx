import { api, useEvents, useQuery } from "@atoll/sdk";
import { useState } from "react";

interface Note {
  id: string;
  text: string;
}

export default function App() {
  const { data, error, refresh } = useQuery<{ notes: Note[] }>("/notes");
  const [text, setText] = useState("");

  useEvents("{{name}}.*", () => refresh());

  async function add(event: React.FormEvent) {
    event.preventDefault();
    await api.post("/notes", { text });
    setText("");
    refresh();
  }

  return (
    <main className="mx-auto max-w-md space-y-4 p-4">
      <h1 className="text-xl font-semibold">{{title}}</h1>
      <form onSubmit={add} className="flex gap-2">
        <input
          aria-label="Note"
          className="flex-1 rounded border px-3 py-2"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button className="rounded bg-blue-600 px-4 py-2 text-white" disabled={text.trim() === ""}>
          Add
        </button>
      </form>
      {error && <p role="alert">{error.message}</p>}
      <ul className="space-y-2">
        {data?.notes.map((note) => (
          <li key={note.id} className="rounded border p-3">
            {note.text}
          </li>
        ))}
      </ul>
    </main>
  );
}
