/** Today where the person is, as 2026-12-31. */
export function today(): string {
  return isoDay(new Date());
}

export function isoDay(date: Date): string {
  const month = String(date.getMonth() + 1).padStart(2, "0");
  return `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, "0")}`;
}

/** 2026-12-31 or 2026-12-31T18:30 as people write it. */
export function showDate(iso: string): string {
  const date = new Date(iso.length === 10 ? `${iso}T00:00` : iso);
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const time = iso.length === 10 ? {} : ({ hour: "2-digit", minute: "2-digit" } as const);
  return date.toLocaleString(undefined, { day: "numeric", month: "short", year, ...time });
}
