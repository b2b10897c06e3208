import { Check } from "./check.ts";
import type { EventItemInput } from "./types.ts";

/** What the fields are called on the page; messages use the same words. */
const LABELS = {
  title: "Title",
  date: "Date",
  time: "Time",
  notes: "Notes",
};

/** Checks what a caller sent. Throws a 422 that says what is wrong with each field. */
export function checkEventItem(input: Record<string, unknown>): EventItemInput {
  const check = new Check(input, LABELS);
  const eventItem: EventItemInput = {
    title: check.text("title", { required: true }),
    date: check.date("date", { required: true }),
    time: check.time("time"),
    notes: check.text("notes"),
  };
  check.finish();
  return eventItem;
}
