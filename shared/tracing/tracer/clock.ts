/**
 * A high-resolution clock that agrees with the wall clock.
 *
 * `Date.now()` is what the processes of one host agree on, but it only counts milliseconds; `performance.now()` counts
 * nanoseconds, but its origin differs between processes by more than a millisecond. So the monotonic clock gives the
 * resolution, and an offset to the wall clock is measured at the first use, at the very tick of a millisecond. From
 * then on each new timeline is held against `Date.now()`, which must lie within the same millisecond: drift is
 * corrected by just what is missing, and a wall clock that was set is followed.
 *
 * The spans that a process adds to a trace share one timeline, which knows no corrections: whatever is done to the wall
 * clock meanwhile, no span ends before its start or starts before its parent.
 */

/** What the clock reads; both in milliseconds. */
export interface TimeSources {
  /** The wall clock, in whole milliseconds since 1970. */
  wallMs(): number;
  /** A monotonic clock of any origin, in fractional milliseconds. */
  monotonicMs(): number;
}

/** Time as the spans of one trace in this process see it. */
export interface Timeline {
  /** Milliseconds since 1970 with microseconds behind the point; never less than what was read before. */
  now(): number;
}

const SYSTEM: TimeSources = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** A tick is measured well when it is known to have happened within so short a time. */
const GOOD_TICK_MS = 0.02;
/** Where the processor was taken away at every tick, the best of so many is good enough. */
const MOST_TICKS = 5;
/** Ends the wait for a tick of clocks that stand still, as test clocks do: some ten milliseconds of readings. */
const MOST_READINGS = 100_000;

export class Clock {
  readonly #sources: TimeSources;
  #timeline: OffsetTimeline | undefined;

  constructor(sources: TimeSources = SYSTEM) {
    this.#sources = sources;
  }

  /** The timeline for what begins now. The first call measures the offset, which takes a millisecond or two. */
  timeline(): Timeline {
    const { wallMs } = this.#sources;
    this.#timeline ??= new OffsetTimeline(this.#sources, offsetAtTick(this.#sources));
    const early = this.#timeline.now();
    const wall = wallMs();
    // More than a millisecond ahead of a reading made later is ahead in truth.
    if (early > wall + 1) return this.#moved(wall + 1 - early);
    if (early >= wall) return this.#timeline;
    // Behind may only mean that a tick, or a pause, fell between the two readings; behind once more is behind.
    const late = this.#timeline.now();
    return late >= wall ? this.#timeline : this.#moved(wall - late);
  }

  #moved(byMs: number): Timeline {
    this.#timeline = new OffsetTimeline(this.#sources, (this.#timeline?.offsetMs ?? 0) + byMs);
    return this.#timeline;
  }
}

class OffsetTimeline implements Timeline {
  readonly #monotonicMs: () => number;
  readonly offsetMs: number;

  constructor({ monotonicMs }: TimeSources, offsetMs: number) {
    this.#monotonicMs = monotonicMs;
    this.offsetMs = offsetMs;
  }

  now(): number {
    return this.offsetMs + this.#monotonicMs();
  }
}

/** The difference of the two clocks at the moment at which the wall clock moves on by one. */
function offsetAtTick({ wallMs, monotonicMs }: TimeSources): number {
  let before = monotonicMs();
  let wall = wallMs();
  let between = monotonicMs();
  let offsetMs = wall - between;
  let doubtMs = Number.POSITIVE_INFINITY;
  let ticks = 0;
  for (let reading = 0; reading < MOST_READINGS && ticks < MOST_TICKS && doubtMs > GOOD_TICK_MS; reading++) {
    const next = wallMs();
    const after = monotonicMs();
    if (next !== wall) {
      ticks++;
      // It ticked after the reading of `wall`, so after `before`, and not later than `after`.
      if (after - before < doubtMs) {
        doubtMs = after - before;
        offsetMs = next - (before + after) / 2;
      }
      wall = next;
    }
    before = between;
    between = after;
  }
  return offsetMs;
}
