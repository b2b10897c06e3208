/** What was thrown, as a text. A page may throw anything, also what has no text. */
export function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  } catch {
    return 'Something was thrown that has no text.'
  }
}
