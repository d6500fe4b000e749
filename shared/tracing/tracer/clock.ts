/**
 * A high-resolution clock that agrees with the wall clock.
 *
 * `Date.now()` is what the processes of one host agree on, but it only counts milliseconds; `performance.now()` counts
 * nanoseconds, but its origin differs between processes by more than a millisecond. So the monotonic clock gives the
 * resolution, and an offset to the wall clock is measured at the first use, at the very tick of a millisecond. From
 * then on each reading is held against `Date.now()`, which must lie within the same millisecond: drift is corrected by
 * just what is missing, and a stepped wall clock is followed.
 */

/** What the clock reads; both in milliseconds. */
export interface TimeSources {
  /** The wall clock, in whole milliseconds since 1970. */
  wallMs(): number;
  /** A monotonic clock of any origin, in fractional milliseconds. */
  monotonicMs(): number;
}

const SYSTEM: TimeSources = {
  wallMs: Date.now,
  monotonicMs: () => performance.now(),
};

/** A tick is at most a millisecond away; a wall clock that stands still (a frozen test clock) must not hang us. */
const TICK_WAIT_MS = 2;

/** A correction backwards beyond this is a wall clock that was set back, and is followed; below it time stands still. */
const STEP_BACK_MS = 100;

/** Milliseconds since 1970 with microseconds behind the point, never running backwards but when the wall clock is set back. */
export type Clock = () => number;

/** A clock over `sources`; measures its offset at the first reading, which takes up to a millisecond. */
export function createClock(sources: TimeSources = SYSTEM): Clock {
  const { wallMs, monotonicMs } = sources;
  let offsetMs = Number.NaN;
  let lastMs = 0;

  return function now() {
    if (Number.isNaN(offsetMs)) offsetMs = offsetAtTick(sources);
    let nowMs = offsetMs + monotonicMs();
    const wall = wallMs();
    if (nowMs < wall) {
      offsetMs += wall - nowMs;
      nowMs = wall;
    } else if (nowMs > wall + 1) {
      // The wall clock is read last, so a tick between the two readings cannot be the reason.
      offsetMs -= nowMs - (wall + 1);
      nowMs = wall + 1;
    }
    if (nowMs < lastMs && lastMs - nowMs < STEP_BACK_MS) return lastMs;
    lastMs = nowMs;
    return nowMs;
  };
}

/** The difference of the two clocks, read at the moment at which the wall clock moves on by one. */
function offsetAtTick({ wallMs, monotonicMs }: TimeSources): number {
  const start = wallMs();
  const deadline = monotonicMs() + TICK_WAIT_MS;
  let wall = start;
  let monotonic = monotonicMs();
  while (wall === start && monotonic < deadline) {
    wall = wallMs();
    monotonic = monotonicMs();
  }
  return wall - monotonic;
}
