import type { Clock } from './clock.ts';

/** What `setTimeout` can count to; beyond it fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Makes a deadline that a timer can keep of anything that JavaScript may hand over: of what is no number, now. */
export function clampDeadline(deadlineMs: number): number {
  const givenMs: unknown = deadlineMs;
  const isReadable =
    typeof givenMs === 'number' || typeof givenMs === 'string' || typeof givenMs === 'bigint';
  const limitMs = isReadable ? Number(givenMs) : Number.NaN;
  return Number.isNaN(limitMs) ? 0 : Math.min(Math.max(limitMs, 0), LONGEST_MS);
}

/** Waits for a promise, but no longer than so many milliseconds, and keeps the process alive meanwhile. */
export async function waitAtMost(delayMs: number, promise: Promise<unknown>, clock: Clock): Promise<void> {
  const { promise: timedOut, resolve } = Promise.withResolvers<void>();
  const timer = clock.setTimeout(resolve, delayMs);
  await Promise.race([promise, timedOut]);
  clock.clearTimeout(timer);
}
