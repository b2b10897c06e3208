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

  /** A time of day as 18:30. */
  time(name: string, rule: TimeRule & { required: true }): string;
  time(name: string, rule?: TimeRule): string | null;
  time(name: string, rule: TimeRule = {}): string | null {
    const value = this.given(name, rule.required);
    if (value === null) return rule.required ? "" : null;
    const padded = typeof value === "string" ? value.trim().padStart(5, "0") : "";
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(padded)) {
      this.wrong(name, "This is not a time like 18:30.");
      return "";
    }
    if ((rule.from && padded < rule.from) || (rule.to && padded > rule.to)) {
      this.wrong(name, `This must be between ${rule.from ?? "00:00"} and ${rule.to ?? "24:00"}.`);
    }
    const minutes = Number(padded.slice(0, 2)) * 60 + Number(padded.slice(3));
    if (rule.every && minutes % rule.every !== 0) this.wrong(name, `This goes in steps of ${rule.every} min.`);
    return padded;
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

interface TimeRule {
  required?: boolean;
  from?: string;
  to?: string;
  every?: number;
}
