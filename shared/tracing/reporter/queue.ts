import type { Payload } from './payload.ts';

/** How much a queue may hold. */
export interface QueueLimits {
  readonly maxBytes: number;
  readonly maxSpans?: number | undefined;
}

/** What an entry costs besides its bytes (objects, list slots), so that a flood of tiny ones is bounded as well. */
const ENTRY_OVERHEAD_BYTES = 256;

/**
 * Payloads in memory, in the order of their age: some waiting, some taken out to be sent. All of them count towards
 * `maxBytes`, because all of them occupy memory; only the waiting ones count towards `maxSpans`.
 *
 * When it is full the oldest make room. After an outage somebody wants to see how things are now, and before a crash
 * what led to it: both are in the newest. It also bounds how stale the first spans are that a recovered collector
 * gets, and what is lost is one stretch of time, the same in all processes that were cut off together, so that
 * the traces that remain are whole.
 */
export class PayloadQueue<Entry extends { readonly payload: Payload }> {
  readonly #limits: QueueLimits;
  readonly #taken = new Set<Entry>();
  // A deque: `#head` moves on instead of shifting the whole array each time.
  #waiting: (Entry | undefined)[] = [];
  #head = 0;
  #waitingSpans = 0;
  #spans = 0;
  #bytes = 0;
  #untilEmpty: PromiseWithResolvers<void> | undefined;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** How many entries wait. */
  get waiting(): number {
    return this.#waiting.length - this.#head;
  }

  /** Spans of the entries that wait. */
  get waitingSpans(): number {
    return this.#waitingSpans;
  }

  /** How many entries there are, waiting or taken. */
  get size(): number {
    return this.waiting + this.#taken.size;
  }

  /** Spans of all entries, waiting or taken. */
  get spans(): number {
    return this.#spans;
  }

  /** Bytes of all payloads, waiting or taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Lets an entry in, and gives back those that had to make room for it: the entry itself if nothing else could. */
  push(entry: Entry): Entry[] {
    if (!this.#canEverHold(entry)) return [entry];
    this.#count(entry, 1);
    this.#append(entry);
    const evicted: Entry[] = [];
    while (this.#isFull()) {
      const oldest = this.#shift();
      if (oldest === undefined) break;
      this.#count(oldest, -1);
      evicted.push(oldest);
    }
    return evicted;
  }

  /** Takes the oldest waiting entry out to be sent: it counts until it is removed, and cannot be made to give room. */
  take(): Entry | undefined {
    const entry = this.#shift();
    if (entry !== undefined) this.#taken.add(entry);
    return entry;
  }

  /** Lets an entry in as taken, whatever the bounds: its bytes are in memory already. */
  hold(entry: Entry): void {
    this.#count(entry, 1);
    this.#taken.add(entry);
  }

  /** Says whether an entry is taken and not yet done with. */
  holds(entry: Entry): boolean {
    return this.#taken.has(entry);
  }

  /** A taken entry waits again, behind all others. */
  putBack(entry: Entry): void {
    if (this.#taken.delete(entry)) this.#append(entry);
  }

  /** A taken entry is done with; says whether it was there. */
  remove(entry: Entry): boolean {
    if (!this.#taken.delete(entry)) return false;
    this.#count(entry, -1);
    this.#tellIfEmpty();
    return true;
  }

  /** Resolves as soon as nothing waits and nothing is taken; at once where that is so now. */
  untilEmpty(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    this.#untilEmpty ??= Promise.withResolvers();
    return this.#untilEmpty.promise;
  }

  /** Takes everything out, the taken entries first, and leaves the queue empty. */
  clear(): Entry[] {
    const entries = [...this.#taken];
    this.#taken.clear();
    for (let entry = this.#shift(); entry !== undefined; entry = this.#shift()) entries.push(entry);
    this.#spans = 0;
    this.#bytes = 0;
    this.#tellIfEmpty();
    return entries;
  }

  #tellIfEmpty(): void {
    if (this.size > 0) return;
    this.#untilEmpty?.resolve();
    this.#untilEmpty = undefined;
  }

  #canEverHold(entry: Entry): boolean {
    let bytes = costOf(entry);
    for (const taken of this.#taken) bytes += costOf(taken);
    return bytes <= this.#limits.maxBytes;
  }

  #isFull(): boolean {
    const { maxBytes, maxSpans = Number.POSITIVE_INFINITY } = this.#limits;
    if (this.#bytes + this.size * ENTRY_OVERHEAD_BYTES > maxBytes) return true;
    // One batch may hold more spans than the maximum: dropping every batch for that would be no bound but an end.
    return this.#waitingSpans > maxSpans && this.waiting > 1;
  }

  #append(entry: Entry): void {
    this.#waiting.push(entry);
    this.#waitingSpans += entry.payload.spans;
  }

  #shift(): Entry | undefined {
    const entry = this.#waiting[this.#head];
    if (entry === undefined) return undefined;
    this.#waiting[this.#head] = undefined;
    this.#head += 1;
    if (this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    this.#waitingSpans -= entry.payload.spans;
    return entry;
  }

  #count(entry: Entry, sign: 1 | -1): void {
    this.#spans += sign * entry.payload.spans;
    this.#bytes += sign * entry.payload.bytes.byteLength;
  }
}

function costOf(entry: { readonly payload: Payload }): number {
  return entry.payload.bytes.byteLength + ENTRY_OVERHEAD_BYTES;
}
