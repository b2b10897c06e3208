/** The day some days after another%{weekday_doc}. */
export function daysAfter(day: string, days: number): string {
  const date = new Date(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) + days * 86_400_000);
  // @if on_weekdays
  const weekday = date.getUTCDay();
  if (weekday === 6) date.setUTCDate(date.getUTCDate() + 2);
  if (weekday === 0) date.setUTCDate(date.getUTCDate() + 1);
  // @end
  return date.toISOString().slice(0, 10);
}
