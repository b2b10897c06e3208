import type { %{figure_type_imports} } from "../../backend/types.ts";
// @if money_figures
import { money } from "./format.ts";
// @end

/** Sums of everything that is listed. */
export function Figures({ summary }: { summary: Summary | undefined }) {
  if (!summary) return null;
  return (
    <section aria-label="%[Totals]" className="flex flex-wrap gap-3">
      %{figures}
    </section>
  );
}
// @if single_figures

function Figure({ label, children }: { label: string; children: string }) {
  return (
    <div className="rounded-xl bg-white px-4 py-2.5 ring-1 ring-stone-200 dark:bg-stone-900 dark:ring-stone-800">
      <p className="text-xs text-stone-500 dark:text-stone-400">{label}</p>
      <p className="text-lg font-semibold tabular-nums">{children}</p>
    </div>
  );
}
// @end
// @if group_figures

/** One bar for each group, the longest for the largest. */
function Groups({ label, groups, show }: { label: string; groups: Group[]; show: (figure: number) => string }) {
  const largest = Math.max(...groups.map(({ figure }) => figure), 0);
  if (groups.length === 0) return null;
  return (
    <div className="min-w-56 flex-1 rounded-xl bg-white px-4 py-2.5 ring-1 ring-stone-200 dark:bg-stone-900 dark:ring-stone-800">
      <p className="text-xs text-stone-500 dark:text-stone-400">{label}</p>
      <ul className="mt-1 space-y-1">
        {groups.slice(0, 12).map(({ name, figure }) => (
          <li key={name} className="flex items-center gap-2 text-sm">
            <span className="w-24 shrink-0 truncate" title={name}>
              {name}
            </span>
            <span className="h-2 flex-1 overflow-hidden rounded-full bg-stone-100 dark:bg-stone-800">
              <span
                className="block h-full rounded-full bg-%{accent}-500"
                style={{ width: `${largest > 0 ? Math.max(2, (figure / largest) * 100) : 0}%` }}
              />
            </span>
            <span className="font-medium tabular-nums">{show(figure)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
// @end
// @if settle

/** Everybody pays the same in the end: who owes whom how much. */
function Settlement({ groups }: { groups: Group[] }) {
  const total = groups.reduce((sum, { figure }) => sum + figure, 0);
  const share = total / Math.max(groups.length, 1);
  const balances = groups.map(({ name, figure }) => ({ name, cents: Math.round((figure - share) * 100) }));
  const debts: { from: string; to: string; cents: number }[] = [];
  for (const debtor of balances.filter(({ cents }) => cents < 0)) {
    for (const creditor of balances.filter(({ cents }) => cents > 0)) {
      const cents = Math.min(-debtor.cents, creditor.cents);
      if (cents <= 0) continue;
      debts.push({ from: debtor.name, to: creditor.name, cents });
      debtor.cents += cents;
      creditor.cents -= cents;
    }
  }
  return (
    <div className="rounded-xl bg-%{accent}-50 px-4 py-2.5 text-%{accent}-950 ring-1 ring-%{accent}-200 dark:bg-%{accent}-950 dark:text-%{accent}-100 dark:ring-%{accent}-900">
      <p className="text-xs opacity-70">%[Who owes whom]</p>
      {debts.length === 0 && <p className="text-sm font-medium">%[Everybody is even.]</p>}
      {debts.map(({ from, to, cents }) => (
        <p key={`${from} ${to}`} className="text-sm">
          {from} %[owes] {to} <span className="font-semibold tabular-nums">{money(cents / 100)}</span>
        </p>
      ))}
    </div>
  );
}
// @end
