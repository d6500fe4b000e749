/** Holds a flow of bytes to a rate: whoever sends says how much, and learns how long to wait before the next. */
export class Pace {
  readonly #bytesPerSecond: number;
  #lastAt = Number.NEGATIVE_INFINITY;
  #pauseMs = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Notes that `bytes` were sent at `nowMs`. */
  spend(bytes: number, nowMs: number): void {
    this.#pauseMs = this.waitMs(nowMs) + (bytes / this.#bytesPerSecond) * 1000;
    this.#lastAt = nowMs;
  }

  /** How long to wait at `nowMs`; a wall clock that was set back prolongs nothing. */
  waitMs(nowMs: number): number {
    const passedMs = Math.max(nowMs - this.#lastAt, 0);
    return Math.max(this.#pauseMs - passedMs, 0);
  }
}
