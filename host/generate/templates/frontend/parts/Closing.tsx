import { api, useQuery } from "@atoll/sdk";
import type { Settings } from "../../backend/types.ts";
import { messageOf } from "./problems.ts";

/** The last day on which answers are taken. */
export function Closing({ onError }: { onError: (message: string) => void }) {
  const settings = useQuery<Settings>("/settings");

  async function change(closes_on: string) {
    try {
      await api.put("/settings", { closes_on });
    } catch (error) {
      onError(messageOf(error));
    }
    settings.refresh();
  }

  return (
    <label className="flex flex-wrap items-center gap-2 text-sm">
      %[Answers close after]
      <input
        type="date"
        value={settings.data?.closes_on ?? ""}
        onChange={(event) => change(event.target.value)}
        className="rounded-lg bg-white px-2 py-1 text-sm ring-1 ring-inset ring-stone-300 focus:ring-2 focus:ring-%{accent}-600 focus:outline-none dark:bg-stone-900 dark:ring-stone-700"
      />
      {settings.data?.closed && <span className="font-medium text-red-700 dark:text-red-400">%[closed]</span>}
    </label>
  );
}
