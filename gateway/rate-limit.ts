/**
 * Bounds how often something may be tried, by the generic cell rate algorithm (GCRA, ITU-T I.371): one number a key, the
 * time at which all that was tried will be paid for. Of our own since it is one function and a bounded map: the known
 * libraries bring stores that grow with the number of keys, or need a Redis, which nothing else here needs. Each gateway
 * counts for itself.
 */

/** What is allowed. */
export interface RateLimitOptions {
  /** So many at once. */
  burst: number;
  /** And one more after each of these. */
  intervalMs: number;
  /** Keys that are remembered; the one not used for longest is forgotten first. @default 10000 */
  maxKeys?: number;
  /** Milliseconds. @default the process's own clock */
  now?: () => number;
}

/** Counts what is tried, for each key. */
export class RateLimit {
  readonly #paidAt = new Map<string, number>();
  readonly #intervalMs: number;
  readonly #burstMs: number;
  readonly #maxKeys: number;
  readonly #now: () => number;

  constructor({ burst, intervalMs, maxKeys = 10_000, now = () => performance.now() }: RateLimitOptions) {
    this.#intervalMs = intervalMs;
    this.#burstMs = burst * intervalMs;
    this.#maxKeys = maxKeys;
    this.#now = now;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#paidAt.size;
  }

  /** Takes one try; answers 0, or the milliseconds after which there will be one again. */
  take(key: string): number {
    const now = Math.floor(this.#now()); // sums of fractions are a little off, and a little too much is refused
    const paidAt = Math.max(this.#paidAt.get(key) ?? now, now) + this.#intervalMs;
    const waitMs = paidAt - now - this.#burstMs;
    if (waitMs > 0) return waitMs;
    this.#remember(key, paidAt);
    return 0;
  }

  /** Gives a try back that turned out to be none. */
  giveBack(key: string): void {
    const paidAt = this.#paidAt.get(key);
    if (paidAt !== undefined) this.#paidAt.set(key, paidAt - this.#intervalMs);
  }

  #remember(key: string, paidAt: number): void {
    this.#paidAt.delete(key); // to the end: the first key is the one not used for longest
    this.#paidAt.set(key, paidAt);
    for (const oldest of this.#paidAt.keys()) {
      if (this.#paidAt.size <= this.#maxKeys) break;
      this.#paidAt.delete(oldest);
    }
  }
}
