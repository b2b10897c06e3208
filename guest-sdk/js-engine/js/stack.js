// Stack traces as an app's author reads them.

/** Without the engine's own frames, which say nothing to an app's author. */
export function cleanStack(stack) {
  if (typeof stack !== "string") return "";
  const lines = stack.split("\n").filter((line) => line.trim() && !/\((internal:|@atoll\/|native\))|^\s*at (native$|internal:|@atoll\/)/.test(line));
  return lines.join("\n");
}
