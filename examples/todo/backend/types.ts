/** What a person can fill in for a todo. */
export interface TodoInput {
  title: string;
  category: string;
  due_date: string | null;
  priority: "low" | "medium" | "high";
  done: boolean;
}

/** A todo as the API gives it. */
export interface Todo extends TodoInput {
  id: string;
  created_at: string;
  updated_at: string;
}

/** Figures about everything that is listed. */
export interface Summary {
  count: number;
  /** Those that are not done. */
  open: number;
  /** Values of Category in use. */
  category: string[];
}
