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
    if (missing && required) this.wrong(name, "%[Please fill this in.]");
    return missing ? null : value;
  }

  text(name: string, rule: { required?: boolean; most?: number; pattern?: RegExp; like?: string } = {}): string {
    const value = this.given(name, rule.required);
    if (value === null) return "";
    if (typeof value !== "string") {
      this.wrong(name, "%[This must be text.]");
      return "";
    }
    const text = value.trim();
    const most = rule.most ?? 200;
    if (text.length > most) this.wrong(name, `%[Too long. The most is] ${most}.`);
    if (rule.pattern && !rule.pattern.test(text)) {
      this.wrong(name, rule.like ? `%[Please write it like] ${rule.like}.` : "%[This does not look right.]");
    }
    return text;
  }
  // @if number

  number(name: string, rule: NumberRule & { required: true }): number;
  number(name: string, rule?: NumberRule): number | null;
  number(name: string, rule: NumberRule = {}): number | null {
    const given = this.given(name, rule.required);
    if (given === null) return rule.required ? 0 : null;
    const value = typeof given === "string" ? numberOf(given.trim()) : given;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      this.wrong(name, "%[This must be a number.]");
      return 0;
    }
    if (rule.whole && !Number.isInteger(value)) this.wrong(name, "%[This must be a whole number.]");
    if (rule.least !== undefined && value < rule.least) this.wrong(name, `%[This must be at least] ${rule.least}.`);
    if (rule.above !== undefined && value <= rule.above) this.wrong(name, `%[This must be more than] ${rule.above}.`);
    if (rule.most !== undefined && value > rule.most) this.wrong(name, `%[This must be at most] ${rule.most}.`);
    if (rule.step !== undefined && Math.abs(value / rule.step - Math.round(value / rule.step)) > 1e-6) {
      this.wrong(name, `%[This goes in steps of] ${rule.step}.`);
    }
    return value;
  }
  // @end
  // @if money

  /** An amount with at most two decimals. */
  money(name: string, rule: NumberRule & { required: true }): number;
  money(name: string, rule?: NumberRule): number | null;
  money(name: string, rule: NumberRule = {}): number | null {
    const value = this.number(name, rule);
    if (value === null) return null;
    const cents = Math.round(value * 100);
    if (Math.abs(value * 100 - cents) > 1e-6) this.wrong(name, "%[An amount has at most two decimals.]");
    if (!Number.isSafeInteger(cents)) this.wrong(name, "%[This amount is too large.]");
    return cents / 100;
  }
  // @end
  // @if date|datetime

  /** A date as 2026-12-31. */
  date(name: string, rule: DateRule & { required: true }): string;
  date(name: string, rule?: DateRule): string | null;
  date(name: string, rule: DateRule = {}): string | null {
    const value = this.given(name, rule.required);
    if (value === null) return rule.required ? "" : null;
    if (typeof value !== "string" || !isDate(value)) {
      this.wrong(name, "%[This is not a date.]");
      return "";
    }
    // A day's grace: it may be tomorrow already where the person is.
    if (rule.past && value.slice(0, 10) > new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10)) {
      this.wrong(name, "%[This must not be in the future.]");
    }
    return value;
  }
  // @end
  // @if datetime

  /** A date and time as 2026-12-31T18:30. */
  moment(name: string, rule: { required: true }): string;
  moment(name: string, rule?: { required?: boolean }): string | null;
  moment(name: string, rule: { required?: boolean } = {}): string | null {
    const value = this.given(name, rule.required);
    if (value === null) return rule.required ? "" : null;
    const match = typeof value === "string" ? /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:\d{2})?$/.exec(value) : null;
    if (!match || !isDate(match[1] ?? "")) {
      this.wrong(name, "%[This is not a date and time.]");
      return "";
    }
    return match[0].slice(0, 16);
  }
  // @end
  // @if time

  /** A time of day as 18:30. */
  time(name: string, rule: TimeRule & { required: true }): string;
  time(name: string, rule?: TimeRule): string | null;
  time(name: string, rule: TimeRule = {}): string | null {
    const value = this.given(name, rule.required);
    if (value === null) return rule.required ? "" : null;
    const padded = typeof value === "string" ? value.trim().padStart(5, "0") : "";
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(padded)) {
      this.wrong(name, "%[This is not a time like 18:30.]");
      return "";
    }
    if ((rule.from && padded < rule.from) || (rule.to && padded > rule.to)) {
      this.wrong(name, `%[This must be between] ${rule.from ?? "00:00"} %[and] ${rule.to ?? "24:00"}.`);
    }
    const minutes = Number(padded.slice(0, 2)) * 60 + Number(padded.slice(3));
    if (rule.every && minutes % rule.every !== 0) this.wrong(name, `%[This goes in steps of] ${rule.every} min.`);
    return padded;
  }
  // @end
  // @if duration

  /** A duration as h:mm:ss or mm:ss, given back as h:mm:ss. */
  duration(name: string, rule: { required: true }): string;
  duration(name: string, rule?: { required?: boolean }): string | null;
  duration(name: string, rule: { required?: boolean } = {}): string | null {
    const value = this.given(name, rule.required);
    if (value === null) return rule.required ? "0:00:00" : null;
    const match = typeof value === "string" ? /^(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)$/.exec(value.trim()) : null;
    if (!match) {
      this.wrong(name, "%[Please write it like] 0:52:30.");
      return "0:00:00";
    }
    return `${Number(match[1] ?? 0)}:${(match[2] ?? "").padStart(2, "0")}:${match[3]}`;
  }
  // @end
  // @if yes_no

  yesNo(name: string, rule: { mustBe?: boolean; unless?: boolean } = {}): boolean {
    const value = this.input[name] ?? rule.unless ?? false;
    if (typeof value !== "boolean" && value !== 0 && value !== 1) this.wrong(name, "%[This must be yes or no.]");
    if (rule.mustBe && !value) this.wrong(name, "%[Please tick this.]");
    return Boolean(value);
  }
  // @end
  // @if choice

  choice<T extends string>(name: string, options: readonly T[], rule: { required: true } | { unless: T }): T;
  choice<T extends string>(name: string, options: readonly T[]): T | null;
  choice<T extends string>(name: string, options: readonly T[], rule: { required?: true; unless?: T } = {}): T | null {
    const value = this.given(name, rule.required);
    if (value === null) return rule.unless ?? null;
    const option = options.find((one) => one === String(value)) ?? null;
    if (option === null) this.wrong(name, `%[Please choose one of:] ${options.join(", ")}.`);
    return option;
  }
  // @end
  // @if tags

  /** A list of short words, without repeats. */
  tags(name: string): string[] {
    const value = this.input[name] ?? [];
    if (!Array.isArray(value) || value.some((tag) => typeof tag !== "string" || tag.length > 40) || value.length > 20) {
      this.wrong(name, "%[Give at most 20 short tags.]");
      return [];
    }
    return [...new Set(value.map((tag: string) => tag.trim()).filter((tag) => tag !== ""))];
  }
  // @end
}
// @if number

interface NumberRule {
  required?: boolean;
  whole?: boolean;
  least?: number;
  above?: number;
  most?: number;
  step?: number;
}

/** A number as it is typed: "3,5" is "3.5", but "1,000" may mean a thousand or one, so it is none. */
function numberOf(text: string): number {
  return /^-?\d{1,3}(,\d{3})+(\.|$)/.test(text) ? Number.NaN : Number(text.replace(",", "."));
}
// @end
// @if date|datetime

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
// @end
// @if time

interface TimeRule {
  required?: boolean;
  from?: string;
  to?: string;
  every?: number;
}
// @end
