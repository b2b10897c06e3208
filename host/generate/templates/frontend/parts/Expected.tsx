import { useState } from "react";

/** How many are still missing from a number that is typed in. */
export function Expected({ count }: { count: number }) {
  const [expected, setExpected] = useState("");
  const missing = Number(expected) - count;
  return (
    <label className="flex flex-wrap items-center gap-2 text-sm">
      %{expected_label}
      <input
        inputMode="numeric"
        value={expected}
        onChange={(event) => setExpected(event.target.value.replace(/\D/g, ""))}
        className="w-20 rounded-lg bg-white px-2 py-1 text-sm ring-1 ring-inset ring-stone-300 focus:ring-2 focus:ring-%{accent}-600 focus:outline-none dark:bg-stone-900 dark:ring-stone-700"
      />
      {expected !== "" && <span className="font-medium tabular-nums">{Math.max(0, missing)} %[missing]</span>}
    </label>
  );
}
