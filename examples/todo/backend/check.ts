import { Problem } from "./http.ts";

/**
 * Reads fields of an object one by one and remembers what is wrong with each, so that a form can show
 * everything at once. `finish` throws a 422 when anything was wrong.
 */
export class Check {
  input: Record<string, unknown>;
  labels: Record<string, string>;
  problems: Record<string, string> = {};

  constructor(input: Record<string, unknown>, labels: Record<string, string>) {
    this.input = input;
    this.labels = labels;
  }

  finish(): void {
    const messages = Object.entries(this.problems).map(([name, text]) => `${this.labels[name] ?? name}: ${text}`);
    if (messages.length > 0) throw new Problem(422, messages.join(" "), this.problems);
  }

  /** Notes what is wrong with a field; the first note stays. */
  wrong(name: string, message: string): void {
    this.problems[name] ??= message;
  }

  private given(name: string, required = false): unknown {
    const value = this.input[name];
    const missing = value === undefined || value === null || (typeof value === "string" && value.trim() === "");
    if (missing && required) this.wrong(name, "Please fill this in.");
    return missing ? null : value;
  }

  text(name: string, rule: { required?: boolean; most?: number; pattern?: RegExp; like?: string } = {}): string {
    const value = this.given(name, rule.required);
    if (value === null) return "";
    if (typeof value !== "string") {
      this.wrong(name, "This must be text.");
      return "";
    }
    const text = value.trim();
    const most = rule.most ?? 200;
    if (text.length > most) this.wrong(name, `Too long. The most is ${most}.`);
    if (rule.pattern && !rule.pattern.test(text)) {
      this.wrong(name, rule.like ? `Please write it like ${rule.like}.` : "This does not look right.");
    }
    return text;
  }

  /** A date as 2026-12-31. */
  date(name: string, rule: DateRule & { required: true }): string;
  date(name: string, rule?: DateRule): string | null;
  date(name: string, rule: DateRule = {}): string | null {
    const value = this.given(name, rule.required);
    if (value === null) return rule.required ? "" : null;
    if (typeof value !== "string" || !isDate(value)) {
      this.wrong(name, "This is not a date.");
      return "";
    }
    // A day's grace: it may be tomorrow already where the person is.
    if (rule.past && value.slice(0, 10) > new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10)) {
      this.wrong(name, "This must not be in the future.");
    }
    return value;
  }

  yesNo(name: string, rule: { mustBe?: boolean; unless?: boolean } = {}): boolean {
    const value = this.input[name] ?? rule.unless ?? false;
    if (typeof value !== "boolean" && value !== 0 && value !== 1) this.wrong(name, "This must be yes or no.");
    if (rule.mustBe && !value) this.wrong(name, "Please tick this.");
    return Boolean(value);
  }

  choice<T extends string>(name: string, options: readonly T[], rule: { required: true } | { unless: T }): T;
  choice<T extends string>(name: string, options: readonly T[]): T | null;
  choice<T extends string>(name: string, options: readonly T[], rule: { required?: true; unless?: T } = {}): T | null {
    const value = this.given(name, rule.required);
    if (value === null) return rule.unless ?? null;
    const option = options.find((one) => one === String(value)) ?? null;
    if (option === null) this.wrong(name, `Please choose one of: ${options.join(", ")}.`);
    return option;
  }
}

interface DateRule {
  required?: boolean;
  past?: boolean;
}

/** True for a day that exists: 2026-02-30 does not. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
