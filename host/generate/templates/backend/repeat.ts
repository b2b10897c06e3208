import { daysAfter } from "./days.ts";
import { Problem } from "./http.ts";
// @if rules
import { checkRules } from "./rules.ts";
// @end
import { create%{Type}, delete%{Type} } from "./store.ts";
import type { %{Type}, %{Type}Input } from "./types.ts";

/** Creates one, or one each week: all of them, or none when one of them does not fit. */
export async function createRepeated(db: D1Database, input: %{Type}Input, weeks: unknown): Promise<%{Type}[]> {
  const count = weeks === undefined || weeks === null || weeks === "" ? 1 : Number(weeks);
  if (!Number.isInteger(count) || count < 1 || count > %{weeks_max}) {
    throw new Problem(422, "%[This must be between] 1 %[and] %{weeks_max}.", {
      repeat_weeks: "%[This must be between] 1 %[and] %{weeks_max}.",
    });
  }
  const all = Array.from({ length: count }, (_, week) => ({ ...input, %{date_field}: daysAfter(input.%{date_field}, week * 7)%{date_rest} }));
  // @if rules
  for (const one of all) {
    await checkRules(db, one, "").catch((error) => {
      throw error instanceof Problem ? new Problem(error.status, `${one.%{date_field}}: ${error.message}`, error.fields) : error;
    });
  }
  // @end
  const made: %{Type}[] = [];
  try {
    for (const one of all) made.push(await create%{Type}(db, one));
  } catch (error) {
    for (const one of made) await delete%{Type}(db, one.id);
    throw error;
  }
  return made;
}
