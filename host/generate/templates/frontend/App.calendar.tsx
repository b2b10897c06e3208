import { useState } from "react";
import { api, useEvents, useQuery } from "@atoll/sdk";
import type { Summary, %{Type}%{synced_type_import} } from "../backend/types.ts";
%{part_imports}

export default function App() {
  const [month, setMonth] = useState(() => `${today().slice(0, 7)}-01`);
  const [chosen, setChosen] = useState(today);
  /** The id of what is being edited; "new" for one that is not saved yet. */
  const [open, setOpen] = useState<string | null>(null);
  const [notice, setNotice] = useState<NoticeText | null>(null);
  // @if resource
  const [%{resource}, set%{Resource}] = useState("");
  // @end
  // @if week_view
  const [view, setView] = useState<"month" | "week">("%{first_view}");
  // @end
  const grid = daysOfGrid(month);
  // @if week_view
  const week = weekOf(chosen);
  const range = `from=${[grid[0], week[0]].sort()[0]}&to=${[grid.at(-1), week[6]].sort().at(-1)}`;
  // @else
  const range = `from=${grid[0]}&to=${grid.at(-1)}`;
  // @end
  // @if resource
  const %{plural} = useQuery<%{Type}[]>(`/%{path}?${range}&%{resource}=${encodeURIComponent(%{resource})}`);
  // @else
  const %{plural} = useQuery<%{Type}[]>(`/%{path}?${range}`);
  // @end
  const summary = useQuery<Summary>(`/%{path}/summary?${range}`);
  // @if sync
  const synced = useQuery<Synced[]>(`/synced?${range}`);
  // @end

  const refresh = () => {
    %{plural}.refresh();
    summary.refresh();
  };
  useEvents("%{event}.*", refresh);
  // @if sync
  useEvents("%{sync_event}", synced.refresh);
  // @end

  /** Does something that may fail, and says so when it does. */
  async function attempt(work: () => Promise<unknown>) {
    try {
      await work();
    } catch (error) {
      setNotice({ text: messageOf(error), bad: true });
    }
    refresh();
  }

  const saved = (%{variable}: %{Type}) => {
    setOpen(null);
    setChosen(%{variable}.%{date_field}%{date_slice});
    setNotice({ text: "%[Saved.]" });
    refresh();
  };

  const remove = (%{variable}: %{Type}) =>
    attempt(async () => {
      await api.delete(`/%{path}/${%{variable}.id}`);
      setOpen(null);
      setNotice({ text: "%[Deleted.]" });
    });

  const listed = %{plural}.data ?? [];
  const entries: Entry[] = [
    ...listed.map((%{variable}) => ({
      key: %{variable}.id,
      date: %{variable}.%{date_field}%{date_slice},
      time: %{entry_time},
      title: %{entry_title},
      done: %{entry_done},
      foreign: false,
    })),
    // @if sync
    ...(synced.data ?? []).map((item) => ({
      key: `${item.source} ${item.kind} ${item.id}`,
      date: item.date ?? "",
      time: item.time,
      title: item.title || item.kind,
      done: item.done,
      foreign: true,
    })),
    // @end
  ];
  const goToday = () => {
    setMonth(`${today().slice(0, 7)}-01`);
    setChosen(today());
  };
  const step = (by: number) => {
    // @if week_view
    if (view === "week") {
      const day = dayAway(chosen, by * 7);
      setChosen(day);
      setMonth(`${day.slice(0, 7)}-01`);
      return;
    }
    // @end
    setMonth(monthAway(month, by));
  };
  return (
    <main className="min-h-dvh bg-stone-50 text-stone-900 dark:bg-stone-950 dark:text-stone-100">
      <div className="mx-auto flex max-w-4xl flex-col gap-4 px-4 py-5">
        <header className="flex flex-wrap items-center gap-2">
          <div className="min-w-40 flex-1">
            <h1 className="text-xl font-semibold tracking-tight break-words">%{title}</h1>
            <p className="text-sm text-stone-500 dark:text-stone-400">
              {new Date(`${month}T00:00`).toLocaleDateString(%{locale}, { month: "long", year: "numeric" })}
            </p>
          </div>
          <Button label="%{previous_label}" onClick={() => step(-1)}>
            ‹
          </Button>
          <Button onClick={goToday}>%[Today]</Button>
          <Button label="%{next_label}" onClick={() => step(1)}>
            ›
          </Button>
          // @if week_view
          <Button pressed={view === "week"} onClick={() => setView(view === "week" ? "month" : "week")}>
            {view === "week" ? "%[Month]" : "%[Week]"}
          </Button>
          // @end
          <Button look="primary" onClick={() => setOpen("new")}>
            %{add_word}
          </Button>
        </header>
        // @if resource
        <div role="group" aria-label={%{resource_label}} className="flex flex-wrap gap-1.5">
          {["", %{resource_options}].map((option) => (
            <Button key={option} pressed={%{resource} === option} look={%{resource} === option ? "primary" : "quiet"} onClick={() => set%{Resource}(option)}>
              {option || "%[All]"}
            </Button>
          ))}
        </div>
        // @end

        {open === "new" && (
          <Card>
            <Form key={chosen} %{variable}={null}%{suggest_prop} day={chosen} onSaved={saved} onCancel={() => setOpen(null)} />
          </Card>
        )}

        <Card>
          // @if week_view
          {view === "week" ? (
            <Week days={week} chosen={chosen} entries={entries} onChoose={setChosen} />
          ) : (
            <Month month={month} chosen={chosen} entries={entries} onChoose={setChosen} />
          )}
          // @else
          <Month month={month} chosen={chosen} entries={entries} onChoose={setChosen} />
          // @end
        </Card>

        <section aria-label={longDay(chosen)}>
          <h2 className="mb-2 text-sm font-semibold text-stone-500 dark:text-stone-400">{longDay(chosen)}</h2>
          <Card>
            {entries.every((entry) => entry.date !== chosen) && <Empty title="%[Nothing on this day.]" />}
            <ul className="divide-y divide-stone-100 dark:divide-stone-800">
              {listed
                .filter((%{variable}) => %{variable}.%{date_field}%{date_slice} === chosen)
                .map((%{variable}) => (
                  <li key={%{variable}.id}>
                    {open === %{variable}.id ? (
                      // @if children
                      <>
                        <Form
                          %{variable}={%{variable}}
                          %{suggest_line}
                          onSaved={saved}
                          onCancel={() => setOpen(null)}
                          onDelete={() => remove(%{variable})}
                        />
                        %{children_use}
                      </>
                      // @else
                      <Form
                        %{variable}={%{variable}}
                        %{suggest_line}
                        onSaved={saved}
                        onCancel={() => setOpen(null)}
                        onDelete={() => remove(%{variable})}
                      />
                      // @end
                    ) : (
                      %{row_use}
                    )}
                  </li>
                ))}
              // @if sync
              {entries
                .filter((entry) => entry.foreign && entry.date === chosen)
                .map((entry) => (
                  <li key={entry.key} className="flex items-center gap-3 px-4 py-3 text-sm">
                    <span className={`min-w-0 flex-1 break-words ${entry.done ? "text-stone-400 line-through" : ""}`}>
                      {entry.time && <span className="tabular-nums">{entry.time} </span>}
                      {entry.title}
                    </span>
                    <Badge tone="warm">%{sync_title}</Badge>
                  </li>
                ))}
              // @end
            </ul>
          </Card>
        </section>
      </div>
      <Notice notice={notice} onClose={() => setNotice(null)} />
    </main>
  );
}
