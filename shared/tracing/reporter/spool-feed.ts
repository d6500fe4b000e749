import { type Clock, startBackgroundTimer, type Timer } from './clock.ts';
import type { Claim, Spool } from './spool.ts';

/** How often to look for files that other processes left behind. */
const LOOK_EVERY_MS = 30_000;

/** Hands out a spool's files, and after it found none looks again only when there is a reason to. */
export class SpoolFeed {
  readonly #spool: Spool;
  readonly #clock: Clock;
  readonly #onMore: () => void;
  #pause: Timer | undefined;

  /** `onMore` is called when it is time to look again. */
  constructor(spool: Spool, clock: Clock, onMore: () => void) {
    this.#spool = spool;
    this.#clock = clock;
    this.#onMore = onMore;
  }

  /** False while it is known that there is nothing to send. */
  get mayHaveMore(): boolean {
    return this.#pause === undefined;
  }

  /** Claims the next file. */
  async next(): Promise<Claim | undefined> {
    const claim = this.#spool.works ? await this.#spool.claim() : undefined;
    if (claim === undefined) this.#rest();
    return claim;
  }

  /** Something was written: there is a reason to look. */
  refill(): void {
    this.stop();
    this.#onMore();
  }

  /** Ends the wait for the next look. */
  stop(): void {
    this.#clock.clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  #rest(): void {
    this.#pause ??= startBackgroundTimer(this.#clock, LOOK_EVERY_MS, () => {
      this.#pause = undefined;
      this.#onMore();
    });
  }
}
