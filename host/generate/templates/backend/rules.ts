import { Problem } from "./http.ts";
import type { %{Type}Input } from "./types.ts";

/** Refuses what does not go together with what is stored already. `id` is the one that is being saved. */
export async function checkRules(db: D1Database, %{variable}: %{Type}Input, id: string): Promise<void> {
  %{rules}
}

function wrong(field: string, label: string, message: string): Problem {
  return new Problem(422, `${label}: ${message}`, { [field]: message });
}
