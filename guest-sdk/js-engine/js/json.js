// JSON.stringify: without a replacer and without indentation it runs in Rust; see `native/json.rs`.
import native from "internal:native";

const standard = JSON.stringify;

/** The JSON text of a value, or undefined. */
export function toJson(value) {
  const text = native.jsonStringify(value);
  // Deeply nested, or of a rare kind.
  return text === null ? standard(value) : text;
}

export function installJson() {
  JSON.stringify = function stringify(value, replacer, space) {
    if (replacer !== undefined || space !== undefined) return standard(value, replacer, space);
    return toJson(value);
  };
}
