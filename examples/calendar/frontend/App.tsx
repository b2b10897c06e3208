import { useState } from "react";
import { api, useEvents, useQuery } from "@atoll/sdk";
import type { Summary, EventItem, Synced } from "../backend/types.ts";
import { Form } from "./parts/Form.tsx";
import { today } from "./parts/format.ts";
import { Month, daysOfGrid, longDay, monthAway } from "./parts/Month.tsx";
import { messageOf } from "./parts/problems.ts";
import { Row } from "./parts/Row.tsx";
import { Badge, Button, Card, Empty, Notice } from "./parts/ui.tsx";
import { Week, dayAway, weekOf } from "./parts/Week.tsx";
import type { Entry } from "./parts/Month.tsx";
import type { NoticeText } from "./parts/ui.tsx";

export default function App() {
  const [month, setMonth] = useState(() => `${today().slice(0, 7)}-01`);
  const [chosen, setChosen] = useState(today);
  /** The id of what is being edited; "new" for one that is not saved yet. */
  const [open, setOpen] = useState<string | null>(null);
  const [notice, setNotice] = useState<NoticeText | null>(null);
  const [view, setView] = useState<"month" | "week">("month");
  const grid = daysOfGrid(month);
  const week = weekOf(chosen);
  const range = `from=${[grid[0], week[0]].sort()[0]}&to=${[grid.at(-1), week[6]].sort().at(-1)}`;
  const eventsList = useQuery<EventItem[]>(`/events?${range}`);
  const summary = useQuery<Summary>(`/events/summary?${range}`);
  const synced = useQuery<Synced[]>(`/synced?${range}`);

  const refresh = () => {
    eventsList.refresh();
    summary.refresh();
  };
  useEvents("event.*", refresh);
  useEvents("calendar.changed", synced.refresh);

  /** Does something that may fail, and says so when it does. */
  async function attempt(work: () => Promise<unknown>) {
    try {
      await work();
    } catch (error) {
      setNotice({ text: messageOf(error), bad: true });
    }
    refresh();
  }

  const saved = (eventItem: EventItem) => {
    setOpen(null);
    setChosen(eventItem.date);
    setNotice({ text: "Saved." });
    refresh();
  };

  const remove = (eventItem: EventItem) =>
    attempt(async () => {
      await api.delete(`/events/${eventItem.id}`);
      setOpen(null);
      setNotice({ text: "Deleted." });
    });

  const listed = eventsList.data ?? [];
  const entries: Entry[] = [
    ...listed.map((eventItem) => ({
      key: eventItem.id,
      date: eventItem.date,
      time: eventItem.time,
      title: eventItem.title,
      done: false,
      foreign: false,
    })),
    ...(synced.data ?? []).map((item) => ({
      key: `${item.source} ${item.kind} ${item.id}`,
      date: item.date ?? "",
      time: item.time,
      title: item.title || item.kind,
      done: item.done,
      foreign: true,
    })),
  ];
  const goToday = () => {
    setMonth(`${today().slice(0, 7)}-01`);
    setChosen(today());
  };
  const step = (by: number) => {
    if (view === "week") {
      const day = dayAway(chosen, by * 7);
      setChosen(day);
      setMonth(`${day.slice(0, 7)}-01`);
      return;
    }
    setMonth(monthAway(month, by));
  };
  return (
    <main className="min-h-dvh bg-stone-50 text-stone-900 dark:bg-stone-950 dark:text-stone-100">
      <div className="mx-auto flex max-w-4xl flex-col gap-4 px-4 py-5">
        <header className="flex flex-wrap items-center gap-2">
          <div className="min-w-40 flex-1">
            <h1 className="text-xl font-semibold tracking-tight break-words">Calendar</h1>
            <p className="text-sm text-stone-500 dark:text-stone-400">
              {new Date(`${month}T00:00`).toLocaleDateString(undefined, { month: "long", year: "numeric" })}
            </p>
          </div>
          <Button label="Earlier" onClick={() => step(-1)}>
            ‹
          </Button>
          <Button onClick={goToday}>Today</Button>
          <Button label="Later" onClick={() => step(1)}>
            ›
          </Button>
          <Button pressed={view === "week"} onClick={() => setView(view === "week" ? "month" : "week")}>
            {view === "week" ? "Month" : "Week"}
          </Button>
          <Button look="primary" onClick={() => setOpen("new")}>
            Add event
          </Button>
        </header>

        {open === "new" && (
          <Card>
            <Form key={chosen} eventItem={null} day={chosen} onSaved={saved} onCancel={() => setOpen(null)} />
          </Card>
        )}

        <Card>
          {view === "week" ? (
            <Week days={week} chosen={chosen} entries={entries} onChoose={setChosen} />
          ) : (
            <Month month={month} chosen={chosen} entries={entries} onChoose={setChosen} />
          )}
        </Card>

        <section aria-label={longDay(chosen)}>
          <h2 className="mb-2 text-sm font-semibold text-stone-500 dark:text-stone-400">{longDay(chosen)}</h2>
          <Card>
            {entries.every((entry) => entry.date !== chosen) && <Empty title="Nothing on this day." />}
            <ul className="divide-y divide-stone-100 dark:divide-stone-800">
              {listed
                .filter((eventItem) => eventItem.date === chosen)
                .map((eventItem) => (
                  <li key={eventItem.id}>
                    {open === eventItem.id ? (
                      <Form
                        eventItem={eventItem}
                        onSaved={saved}
                        onCancel={() => setOpen(null)}
                        onDelete={() => remove(eventItem)}
                      />
                    ) : (
                      <Row eventItem={eventItem} onOpen={() => setOpen(eventItem.id)} />
                    )}
                  </li>
                ))}
              {entries
                .filter((entry) => entry.foreign && entry.date === chosen)
                .map((entry) => (
                  <li key={entry.key} className="flex items-center gap-3 px-4 py-3 text-sm">
                    <span className={`min-w-0 flex-1 break-words ${entry.done ? "text-stone-400 line-through" : ""}`}>
                      {entry.time && <span className="tabular-nums">{entry.time} </span>}
                      {entry.title}
                    </span>
                    <Badge tone="warm">Todo list</Badge>
                  </li>
                ))}
            </ul>
          </Card>
        </section>
      </div>
      <Notice notice={notice} onClose={() => setNotice(null)} />
    </main>
  );
}
