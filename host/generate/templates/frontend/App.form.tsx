import { useState } from "react";
import { api, useEvents, useQuery } from "@atoll/sdk";
import type { %{app_types} } from "../backend/types.ts";
%{part_imports}

export default function App() {
  const [tab, setTab] = useState<"form" | "answers">("form");
  const tabs = [
    ["form", "%{form_tab}"],
    ["answers", "%{answers_tab}"],
  ] as const;
  return (
    <main className="min-h-dvh bg-stone-50 text-stone-900 dark:bg-stone-950 dark:text-stone-100">
      <div className="mx-auto flex max-w-2xl flex-col gap-4 px-4 py-5">
        <header className="flex flex-wrap items-center gap-3">
          <h1 className="min-w-40 flex-1 text-xl font-semibold tracking-tight break-words">%{title}</h1>
          <div role="tablist" className="flex rounded-lg bg-stone-200/60 p-0.5 dark:bg-stone-800">
            {tabs.map(([name, label]) => (
              <button
                key={name}
                type="button"
                role="tab"
                aria-selected={tab === name}
                onClick={() => setTab(name)}
                className="rounded-md px-3 py-1 text-sm text-stone-600 aria-selected:bg-white aria-selected:font-medium aria-selected:text-stone-900 aria-selected:shadow-sm dark:text-stone-400 dark:aria-selected:bg-stone-600 dark:aria-selected:text-white"
              >
                {label}
              </button>
            ))}
          </div>
        </header>
        {tab === "form" ? <FillIn /> : <Answers />}
      </div>
    </main>
  );
}

function FillIn() {
  const [sent, setSent] = useState<%{Type} | null>(null);
  // @if closing
  const settings = useQuery<Settings>("/settings");
  useEvents("%{event}.*", settings.refresh);
  if (settings.data?.closed && !sent) {
    return (
      <Card>
        <Empty title="%[This form is closed.]">{showDate(settings.data.closes_on ?? "")}</Empty>
      </Card>
    );
  }
  // @end
  // @if suggest
  const summary = useQuery<Summary>("/%{path}/summary");
  // @end
  if (sent) {
    return (
      <Card>
        <div role="status">
          <Empty title="%[Thank you!]">
            // @if reference
            <p>
              %[Your reference number is] <strong className="tabular-nums">{sent.reference}</strong>
            </p>
            // @else
            <p>%[It has been sent.]</p>
            // @end
            <p className="mt-4">
              <Button onClick={() => setSent(null)}>%[Fill in another]</Button>
            </p>
          </Empty>
        </div>
      </Card>
    );
  }
  return (
    <Card>
      <Form %{variable}={null}%{suggest_prop} onSaved={setSent} />
    </Card>
  );
}

function Answers() {
  const [query, setQuery] = useState(everything);
  const [notice, setNotice] = useState<NoticeText | null>(null);
  const %{plural} = useQuery<%{Type}[]>(`/%{path}?${asParameters(query%{today_arg})}`);
  const summary = useQuery<Summary>(`/%{path}/summary?${asParameters(query%{today_arg})}`);
  const refresh = () => {
    %{plural}.refresh();
    summary.refresh();
  };
  useEvents("%{event}.*", refresh);

  async function remove(%{variable}: %{Type}) {
    try {
      await api.delete(`/%{path}/${%{variable}.id}`);
      setNotice({ text: "%[Deleted.]" });
    } catch (error) {
      setNotice({ text: messageOf(error), bad: true });
    }
    refresh();
  }

  const listed = %{plural}.data ?? [];
  return (
    <>
      <div className="flex items-center gap-3">
        <p className="flex-1 text-sm text-stone-500 dark:text-stone-400">{summary.data ? %{count_text} : "…"}</p>
        <CsvLink items={listed} />
      </div>
      // @if closing
      <Closing onError={(text) => setNotice({ text, bad: true })} />
      // @end
      <Toolbar query={query} summary={summary.data} onChange={setQuery} />
      // @if figures
      <Figures summary={summary.data} />
      // @end
      // @if expected
      <Expected count={summary.data?.count ?? 0} />
      // @end
      <Card>
        {%{plural}.data && listed.length === 0 && <Empty title="%[No answers yet.]" />}
        <ul className="divide-y divide-stone-100 dark:divide-stone-800">
          {listed.map((%{variable}) => (
            <li key={%{variable}.id}>
              <Answer %{variable}={%{variable}} onDelete={() => remove(%{variable})} />
            </li>
          ))}
        </ul>
      </Card>
      <Notice notice={notice} onClose={() => setNotice(null)} />
    </>
  );
}
