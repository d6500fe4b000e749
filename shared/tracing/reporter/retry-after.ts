/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `nowMs`: it holds seconds or an HTTP date
 * (RFC 9110, 10.2.3). Undefined where it is missing or neither; never more than `maxMs`, so that no collector,
 * however confused, silences a process for ever.
 */
export function parseRetryAfter(
  value: string | undefined,
  { nowMs, maxMs }: { nowMs: number; maxMs: number },
): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, maxMs);
  const date = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(date - nowMs, 0), maxMs);
}

/** `Date.parse` takes nearly anything ("-1" is a year to it); every form of an HTTP date begins with a weekday. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*[, ]/;
