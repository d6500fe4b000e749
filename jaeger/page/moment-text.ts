/** A moment for people, in the time of this machine: `2026-01-31 08:59:07.123`. */
export function momentText(us: number): string {
  const date = new Date(us / 1000);
  if (Number.isNaN(date.getTime())) return 'at no time that a calendar has';
  // Swedish writes dates as ISO 8601 does.
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${date.toLocaleString('sv-SE')}.${ms}`;
}
