// `console`: every method that prints becomes a line of the app's log.
import native from "internal:native";
import { inspect } from "internal:inspect";
import { cleanStack } from "internal:stack";

const DEBUG = 0;
const INFO = 1;
const WARN = 2;
const ERROR = 3;

let indent = "";
const counts = new Map();
const timers = new Map();

function number(value, convert) {
  return typeof value === "object" || typeof value === "symbol" ? NaN : convert(value);
}

function format(values) {
  let first = values[0];
  let used = 0;
  if (typeof first === "string") {
    used = 1;
    if (first.includes("%")) {
      first = first.replace(/%[sdifjoOc%]/g, (mark) => {
        if (mark === "%%") return "%";
        if (used >= values.length) return mark;
        const value = values[used++];
        switch (mark) {
          case "%s": return typeof value === "object" && value !== null ? inspect(value) : String(value);
          case "%d": return String(number(value, Number));
          case "%i": return String(number(value, (text) => parseInt(text, 10)));
          case "%f": return String(number(value, parseFloat));
          case "%j": return JSON.stringify(value);
          case "%c": return "";
          default: return inspect(value);
        }
      });
    }
  }
  const parts = values.slice(used).map(inspect);
  if (used > 0) parts.unshift(first);
  return parts.join(" ");
}

function print(level, values) {
  const text = format(values);
  native.log(level, indent ? indent + text.replaceAll("\n", `\n${indent}`) : text);
}

function elapsed(label) {
  const start = timers.get(label);
  if (start === undefined) return print(WARN, [`Timer '${label}' does not exist`]);
  return `${label}: ${(native.monotonicMs() - start).toFixed(3)}ms`;
}

export const console = {
  log: (...values) => print(INFO, values),
  info: (...values) => print(INFO, values),
  debug: (...values) => print(DEBUG, values),
  warn: (...values) => print(WARN, values),
  error: (...values) => print(ERROR, values),
  trace: (...values) => print(DEBUG, [`Trace: ${format(values)}\n${cleanStack(new Error().stack)}`]),
  dir: (value) => print(INFO, [value]),
  dirxml: (...values) => print(INFO, values),
  table: (rows) => print(INFO, [rows]),
  assert(condition, ...values) {
    if (!condition) print(ERROR, ["Assertion failed", ...values]);
  },
  count(label = "default") {
    const count = (counts.get(`${label}`) ?? 0) + 1;
    counts.set(`${label}`, count);
    print(INFO, [`${label}: ${count}`]);
  },
  countReset: (label = "default") => void counts.delete(`${label}`),
  group(...values) {
    if (values.length > 0) print(INFO, values);
    if (indent.length < 40) indent += "  ";
  },
  groupCollapsed: (...values) => console.group(...values),
  groupEnd() {
    indent = indent.slice(2);
  },
  time(label = "default") {
    timers.set(`${label}`, native.monotonicMs());
  },
  timeLog(label = "default", ...values) {
    const text = elapsed(`${label}`);
    if (text) print(INFO, [text, ...values]);
  },
  timeEnd(label = "default") {
    const text = elapsed(`${label}`);
    if (text) print(INFO, [text]);
    timers.delete(`${label}`);
  },
  clear() {},
};
Object.defineProperty(console, Symbol.toStringTag, { value: "console" });
