/**
 * How many days in a row end today. A day that is not over does not break a streak: when today is not
 * ticked yet, the row that ended yesterday still counts.
 */
export function streakOf(days: string[], today: string): number {
  const ticked = new Set(days);
  let day = ticked.has(today) ? today : dayBefore(today);
  let streak = 0;
  while (ticked.has(day) && streak < 1000) {
    streak += 1;
    day = dayBefore(day);
  }
  return streak;
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
