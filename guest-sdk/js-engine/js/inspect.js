// What `console` prints for a value that is not a string: bounded in depth, width and length.
import { cleanStack } from "internal:stack";

const DEPTH_MAX = 4;
const ITEMS_MAX = 100;
const TEXT_MAX = 10_000;

export function inspect(value) {
  const text = show(value, 0, new Set());
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}… (${text.length} characters)` : text;
}

function show(value, depth, above) {
  switch (typeof value) {
    case "string":
      return depth === 0 ? value : JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "symbol":
      return value.toString();
    case "function":
      return `[${/^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "Function"}${value.name ? `: ${value.name}` : ""}]`;
    case "object":
      return value === null ? "null" : showObject(value, depth, above);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function showObject(value, depth, above) {
  if (above.has(value)) return "[Circular]";
  if (value instanceof Error || value instanceof DOMException) {
    const stack = depth === 0 ? cleanStack(value.stack) : "";
    const cause = value.cause instanceof Error && depth < DEPTH_MAX ? `\n  [cause]: ${show(value.cause, depth, new Set([...above, value])).replaceAll("\n", "\n  ")}` : "";
    return `${value.name}: ${value.message}${stack && `\n${stack}`}${cause}`;
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof URL) return value.href;
  if (depth >= DEPTH_MAX) return Array.isArray(value) ? "[Array]" : "[Object]";
  above.add(value);
  const inner = (item) => show(item, depth + 1, above);
  const text = showMembers(value, inner);
  above.delete(value);
  return text;
}

function showMembers(value, inner) {
  const name = value.constructor?.name;
  if (Array.isArray(value)) return list("[", value.length, value.slice(0, ITEMS_MAX).map(inner), "]");
  if (value instanceof Map) {
    const items = [...value].slice(0, ITEMS_MAX).map(([key, item]) => `${inner(key)} => ${inner(item)}`);
    return `Map(${value.size}) ${list("{", value.size, items, "}")}`;
  }
  if (value instanceof Set) return `Set(${value.size}) ${list("{", value.size, [...value].slice(0, ITEMS_MAX).map(inner), "}")}`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `${name}(${value.length}) ${list("[", value.length, Array.from(value.subarray(0, ITEMS_MAX), inner), "]")}`;
  }
  if (value instanceof Promise) return "Promise {}";
  if (value instanceof Headers) return `Headers ${inner(Object.fromEntries(value))}`;
  const keys = Object.keys(value);
  const items = keys.slice(0, ITEMS_MAX).map((key) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${inner(value[key])}`);
  const prefix = name && name !== "Object" ? `${name} ` : "";
  return prefix + list("{", keys.length, items, "}");
}

function list(open, size, items, close) {
  if (size > items.length) items.push(`… ${size - items.length} more`);
  if (items.length === 0) return open + close;
  const line = items.join(", ");
  const space = open === "{" ? " " : "";
  if (line.length <= 100 && !line.includes("\n")) return `${open}${space}${line}${space}${close}`;
  return `${open}\n  ${items.map((item) => item.replaceAll("\n", "\n  ")).join(",\n  ")}\n${close}`;
}
