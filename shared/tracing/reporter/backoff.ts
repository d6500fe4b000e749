/** Between which bounds retries wait. */
export interface BackoffLimits {
  /** The longest first wait. */
  readonly firstMs: number;
  /** The longest wait of all. */
  readonly maxMs: number;
}

/**
 * How long to wait before the next attempt: an immutable value that doubles its ceiling with `next()`. Full jitter, as
 * in https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/: the processes that lost their
 * collector at the same moment must not come back at the same moment.
 */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #attempt: number;

  constructor(limits: BackoffLimits, attempt = 0) {
    this.#limits = limits;
    this.#attempt = attempt;
  }

  /** The longest that this wait can be. */
  get ceilingMs(): number {
    return Math.min(this.#limits.maxMs, this.#limits.firstMs * 2 ** this.#attempt);
  }

  /** A wait between 0 and the ceiling; `random` gives numbers from 0 up to 1. */
  delayMs(random: () => number): number {
    return Math.floor(random() * this.ceilingMs);
  }

  next(): Backoff {
    return new Backoff(this.#limits, this.#attempt + 1);
  }
}
