import { useState } from "react";
import { api, useEvents, useQuery } from "@atoll/sdk";
import type { Summary, %{Type} } from "../backend/types.ts";
%{part_imports}

export default function App() {
  const [query, setQuery] = useState(everything);
  /** The id of what is being edited; "new" for one that is not saved yet. */
  const [open, setOpen] = useState<string | null>(null);
  const [notice, setNotice] = useState<NoticeText | null>(null);
  const %{plural} = useQuery<%{Type}[]>(`/%{path}?${asParameters(query%{today_arg})}`);
  const summary = useQuery<Summary>(`/%{path}/summary?${asParameters(query%{today_arg})}`);
  // @if sync
  const synced = useQuery<Synced[]>("/synced");
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

  const saved = () => {
    setOpen(null);
    setNotice({ text: "%[Saved.]" });
    refresh();
  };

  const remove = (%{variable}: %{Type}) =>
    attempt(async () => {
      await api.delete(`/%{path}/${%{variable}.id}`);
      setOpen(null);
      // @if undo
      const undo = () =>
        attempt(async () => {
          // @if bin
          await api.post(`/%{path}/${%{variable}.id}/restore`, {});
          // @else
          await api.post("/%{path}", %{variable});
          // @end
          setNotice(null);
        });
      setNotice({ text: "%[Deleted.]", action: { label: "%[Undo]", run: undo } });
      // @else
      setNotice({ text: "%[Deleted.]" });
      // @end
    });

  const listed = %{plural}.data ?? [];
  // @if bin
  const inBin = query.bin === "1";
  // @end
  const filtered = Object.entries(query).some(([name, value]) => name !== "sort" && value !== "");
  return (
    <main className="min-h-dvh bg-stone-50 text-stone-900 dark:bg-stone-950 dark:text-stone-100">
      <div className="mx-auto flex max-w-%{width} flex-col gap-4 px-4 py-5">
        <header className="flex items-center gap-3">
          <div className="min-w-0 flex-1">
            <h1 className="text-xl font-semibold tracking-tight break-words">%{title}</h1>
            <p className="text-sm text-stone-500 dark:text-stone-400">{summary.data ? %{count_text} : "…"}</p>
          </div>
          // @if bin
          <Button pressed={inBin} onClick={() => setQuery({ ...everything, bin: inBin ? "" : "1" })}>
            {inBin ? "%[Back]" : "%[Bin]"}
          </Button>
          // @end
          // @if csv
          <CsvLink items={listed} />
          // @end
          <Button look="primary" onClick={() => setOpen(open === "new" ? null : "new")}>
            %{add_word}
          </Button>
        </header>

        <Toolbar query={query} summary={summary.data} onChange={setQuery} />
        // @if figures
        <Figures summary={summary.data} />
        // @end

        {open === "new" && (
          <Card>
            <Form %{variable}={null}%{suggest_prop} onSaved={saved} onCancel={() => setOpen(null)} />
          </Card>
        )}

        {%{plural}.error && !%{plural}.data && (
          <Empty title="%[This could not be loaded.]">
            <Button onClick={refresh}>%[Try again]</Button>
          </Empty>
        )}
        {%{plural}.data && listed.length === 0 && open !== "new" && (
          <Card>
            <Empty title={filtered ? "%[Nothing matches.]" : "%{empty_title}"}>
              {filtered ? (
                <Button onClick={() => setQuery(everything)}>%[Show everything]</Button>
              ) : (
                <Button look="primary" onClick={() => setOpen("new")}>
                  %{add_word}
                </Button>
              )}
            </Empty>
          </Card>
        )}
        // @if cards
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,14rem),1fr))] gap-3">
          {listed.map((%{variable}) => (
            <li key={%{variable}.id} className={open === %{variable}.id ? "col-span-full" : ""}>
              {open === %{variable}.id ? (
                <Card>
                  <Form
                    %{variable}={%{variable}}
                    %{suggest_line}
                    onSaved={saved}
                    onCancel={() => setOpen(null)}
                    onDelete={() => remove(%{variable})}
                  />
                  %{children_use}
                </Card>
              ) : (
                %{row_use}
              )}
            </li>
          ))}
        </ul>
        // @else
        {listed.length > 0 && (
          <Card>
            <ul className="divide-y divide-stone-100 overflow-hidden rounded-2xl dark:divide-stone-800">
              {listed.map((%{variable}) => (
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
            </ul>
          </Card>
        )}
        // @end
        // @if sync
        <SyncedList items={synced.data ?? []} />
        // @end
      </div>
      <Notice notice={notice} onClose={() => setNotice(null)} />
    </main>
  );
}
