import { money } from "./format.ts";

interface Line {
  /** The amount of the line. */
  net: number;
  /** What is added on top of it, in percent. */
  percent: number;
}

/** Cents are rounded for each line, and what is added for each rate: as it is done on paper. */
export function Totals({ lines, label }: { lines: Line[]; label: string }) {
  const rates = new Map<number, number>();
  for (const { net, percent } of lines) rates.set(percent, (rates.get(percent) ?? 0) + Math.round(net * 100));
  const subtotal = [...rates.values()].reduce((sum, cents) => sum + cents, 0);
  const added = [...rates].filter(([percent]) => percent > 0).map(([percent, cents]) => ({ percent, cents: Math.round((cents * percent) / 100) }));
  const total = subtotal + added.reduce((sum, { cents }) => sum + cents, 0);
  return (
    <dl className="mt-3 ml-auto grid w-fit grid-cols-[auto_auto] gap-x-6 gap-y-0.5 text-sm tabular-nums">
      <dt className="text-stone-500 dark:text-stone-400">%[Subtotal]</dt>
      <dd className="text-right">{money(subtotal / 100)}</dd>
      {added.map(({ percent, cents }) => (
        <div key={percent} className="contents">
          <dt className="text-stone-500 dark:text-stone-400">
            {label} {percent}%
          </dt>
          <dd className="text-right">{money(cents / 100)}</dd>
        </div>
      ))}
      <dt className="font-semibold">%[Total]</dt>
      <dd className="text-right font-semibold">{money(total / 100)}</dd>
    </dl>
  );
}
