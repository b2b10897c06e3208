import { useState } from "react";
import { api, useEvents, useQuery } from "@atoll/sdk";
import type { Summary, Todo } from "../backend/types.ts";
import { Form } from "./parts/Form.tsx";
import { messageOf } from "./parts/problems.ts";
import { Row } from "./parts/Row.tsx";
import { Toolbar, asParameters, everything } from "./parts/Toolbar.tsx";
import { Button, Card, Empty, Notice } from "./parts/ui.tsx";
import type { NoticeText } from "./parts/ui.tsx";

export default function App() {
  const [query, setQuery] = useState(everything);
  /** The id of what is being edited; "new" for one that is not saved yet. */
  const [open, setOpen] = useState<string | null>(null);
  const [notice, setNotice] = useState<NoticeText | null>(null);
  const todos = useQuery<Todo[]>(`/todos?${asParameters(query)}`);
  const summary = useQuery<Summary>(`/todos/summary?${asParameters(query)}`);

  const refresh = () => {
    todos.refresh();
    summary.refresh();
  };
  useEvents("todo.*", refresh);

  /** Does something that may fail, and says so when it does. */
  async function attempt(work: () => Promise<unknown>) {
    try {
      await work();
    } catch (error) {
      setNotice({ text: messageOf(error), bad: true });
    }
    refresh();
  }

  const saved = () => {
    setOpen(null);
    setNotice({ text: "Saved." });
    refresh();
  };

  const remove = (todo: Todo) =>
    attempt(async () => {
      await api.delete(`/todos/${todo.id}`);
      setOpen(null);
      const undo = () =>
        attempt(async () => {
          await api.post("/todos", todo);
          setNotice(null);
        });
      setNotice({ text: "Deleted.", action: { label: "Undo", run: undo } });
    });

  const listed = todos.data ?? [];
  const filtered = Object.entries(query).some(([name, value]) => name !== "sort" && value !== "");
  return (
    <main className="min-h-dvh bg-stone-50 text-stone-900 dark:bg-stone-950 dark:text-stone-100">
      <div className="mx-auto flex max-w-3xl flex-col gap-4 px-4 py-5">
        <header className="flex items-center gap-3">
          <div className="min-w-0 flex-1">
            <h1 className="text-xl font-semibold tracking-tight break-words">Todo list</h1>
            <p className="text-sm text-stone-500 dark:text-stone-400">{summary.data ? `${summary.data.count} ${summary.data.count === 1 ? "todo" : "todos"}, ${summary.data.open} open` : "…"}</p>
          </div>
          <Button look="primary" onClick={() => setOpen(open === "new" ? null : "new")}>
            Add todo
          </Button>
        </header>

        <Toolbar query={query} summary={summary.data} onChange={setQuery} />

        {open === "new" && (
          <Card>
            <Form todo={null} summary={summary.data} onSaved={saved} onCancel={() => setOpen(null)} />
          </Card>
        )}

        {todos.error && !todos.data && (
          <Empty title="This could not be loaded.">
            <Button onClick={refresh}>Try again</Button>
          </Empty>
        )}
        {todos.data && listed.length === 0 && open !== "new" && (
          <Card>
            <Empty title={filtered ? "Nothing matches." : "No todos yet."}>
              {filtered ? (
                <Button onClick={() => setQuery(everything)}>Show everything</Button>
              ) : (
                <Button look="primary" onClick={() => setOpen("new")}>
                  Add todo
                </Button>
              )}
            </Empty>
          </Card>
        )}
        {listed.length > 0 && (
          <Card>
            <ul className="divide-y divide-stone-100 overflow-hidden rounded-2xl dark:divide-stone-800">
              {listed.map((todo) => (
                <li key={todo.id}>
                  {open === todo.id ? (
                    <Form
                      todo={todo}
                      summary={summary.data}
                      onSaved={saved}
                      onCancel={() => setOpen(null)}
                      onDelete={() => remove(todo)}
                    />
                  ) : (
                    <Row
                      todo={todo}
                      onOpen={() => setOpen(todo.id)}
                      onToggle={(done) => attempt(() => api.patch(`/todos/${todo.id}`, { done }))}
                    />
                  )}
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
      <Notice notice={notice} onClose={() => setNotice(null)} />
    </main>
  );
}
