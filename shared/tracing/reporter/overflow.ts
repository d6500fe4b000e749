import type { Batch } from './batch.ts';
import type { Ledger } from './ledger.ts';
import type { PayloadQueue } from './queue.ts';
import type { Spool } from './spool.ts';
import type { SpoolFeed } from './spool-feed.ts';

/** What an overflow works with; the reporter owns them all. */
export interface OverflowParts {
  readonly queue: PayloadQueue<Batch>;
  readonly spool: Spool;
  readonly ledger: Ledger;
  /** Told of what was written. */
  readonly feed: SpoolFeed;
  /** From how many bytes in memory on batches go to the spool. */
  readonly aboveBytes: number;
  /** The same of spans that wait. */
  readonly aboveSpans: number;
}

/**
 * Moves the oldest batches from memory to the spool, one at a time and before memory is full: writing takes longer
 * than a burst does, and nobody may wait for it.
 */
export class Overflow {
  readonly #parts: OverflowParts;
  #writing: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: OverflowParts) {
    this.#parts = parts;
  }

  /** Starts to move batches if there are too many; safe to call at any time. */
  relieve(): void {
    if (this.#writing !== undefined || !this.#isNeeded()) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Moves no more, and resolves when what is under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  #isNeeded(): boolean {
    const { queue, spool, aboveBytes, aboveSpans } = this.#parts;
    const isTooMuch = queue.bytes > aboveBytes || queue.waitingSpans > aboveSpans;
    return !this.#stopped && isTooMuch && queue.waiting > 0 && spool.mayWrite;
  }

  async #write(): Promise<void> {
    while (this.#isNeeded()) {
      const batch = this.#parts.queue.take();
      if (batch !== undefined) await this.#move(batch);
    }
  }

  async #move(batch: Batch): Promise<void> {
    const { queue, spool, ledger, feed } = this.#parts;
    const result = await spool.write(batch.payload);
    if (result.kind !== 'spooled') queue.putBack(batch);
    else if (queue.remove(batch)) ledger.spooled(batch.payload);
    else spool.remove(result.file); // it was written once more, or given up, while this was under way
    feed.refill();
  }
}
