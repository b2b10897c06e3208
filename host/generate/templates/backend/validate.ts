import { Check } from "./check.ts";
%{extra_imports}
import type { %{type_imports} } from "./types.ts";

/** What the fields are called on the page; messages use the same words. */
const LABELS = {
  %{labels}
};
%{constants}

/** Checks what a caller sent. Throws a 422 that says what is wrong with each field. */
export function check%{Type}(input: Record<string, unknown>): %{Type}Input {
  const check = new Check(input, LABELS);
  const %{variable}: %{Type}Input = {
    %{checks}
  };
  %{cross_checks}
  check.finish();
  %{late_values}
  return %{variable};
}
%{child_checks}
