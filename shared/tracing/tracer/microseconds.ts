/** Times as Jaeger counts them. */

/** Whole microseconds of fractional milliseconds; 0 for what is no time. */
export function microseconds(ms: number): number {
  const rounded = Math.round(ms * 1000);
  return Number.isSafeInteger(rounded) ? rounded : 0;
}

/**
 * How long a span took. Both ends are rounded before they are compared, so that a child that lies within its parent still
 * does; and at least 1, because Jaeger takes a duration of 0 for a negative one and warns.
 */
export function durationUs({
  startTimeMs,
  finishTimeMs,
}: {
  startTimeMs: number;
  finishTimeMs: number;
}): number {
  return Math.max(1, microseconds(finishTimeMs) - microseconds(startTimeMs));
}
