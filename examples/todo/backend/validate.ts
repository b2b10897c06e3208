import { Check } from "./check.ts";
import type { TodoInput } from "./types.ts";

/** What the fields are called on the page; messages use the same words. */
const LABELS = {
  title: "Title",
  category: "Category",
  due_date: "Due date",
  priority: "Priority",
  done: "Done",
};

/** Checks what a caller sent. Throws a 422 that says what is wrong with each field. */
export function checkTodo(input: Record<string, unknown>): TodoInput {
  const check = new Check(input, LABELS);
  const todo: TodoInput = {
    title: check.text("title", { required: true }),
    category: check.text("category"),
    due_date: check.date("due_date"),
    priority: check.choice("priority", ["low", "medium", "high"], { unless: "medium" }),
    done: check.yesNo("done"),
  };
  check.finish();
  return todo;
}
