// Which events a pattern means: a type as it stands, `todo.*` for every type below `todo`, or `*`.
// The same rule as `EventPattern::matches` in host/model.

export function patternMatches(pattern: string, type: string): boolean {
  if (!pattern.endsWith('*')) return pattern === type
  const prefix = pattern.slice(0, -1)
  // "todo." is a proper prefix of "todo.created"; "*" leaves "", a prefix of everything.
  return type.length > prefix.length && type.startsWith(prefix)
}

export function anyPatternMatches(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => patternMatches(pattern, type))
}
