import { type Batch, createClaimedBatch } from './batch.ts';
import { type Clock, startBackgroundTimer, type Timer } from './clock.ts';
import type { Collector } from './collector.ts';
import type { DropReason, Ledger } from './ledger.ts';
import type { Payload } from './payload.ts';
import type { PayloadQueue } from './queue.ts';
import type { Attempt, Outcome } from './send.ts';
import type { SpoolFeed } from './spool-feed.ts';

/** What a delivery works with; the reporter owns them all. */
export interface DeliveryParts {
  readonly queue: PayloadQueue<Batch>;
  readonly collector: Collector;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly post: (payload: Payload) => Attempt;
  /** Gives batches when none wait in memory. */
  readonly feed: SpoolFeed | undefined;
  readonly drop: (payload: Payload, reason: DropReason, detail?: string) => void;
}

interface OpenRequest {
  readonly batch: Batch;
  readonly attempt: Attempt;
  readonly startedAt: number;
  overdue?: Timer;
}

/** Takes batches from queue and spool to the collector, as many at a time as the collector allows. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #open = new Set<OpenRequest>();
  #claims = false;
  #overdueMs: number | undefined;
  #ended = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  get openRequests(): number {
    return this.#open.size;
  }

  /** Starts as many requests as may be open. */
  pump(): void {
    const { queue, collector, feed } = this.#parts;
    if (this.#ended) return;
    if (queue.waiting === 0 && !feed?.mayHaveMore) collector.caughtUp();
    while (this.#open.size < collector.allowedRequests()) {
      const batch = queue.take();
      if (batch === undefined) {
        if (feed?.mayHaveMore) void this.#claimNext(feed);
        break;
      }
      this.#start(batch);
    }
  }

  /**
   * Hurries for a close within so many milliseconds: resolves when nothing is left. A request that has been open for
   * half of that may be one of those that never end, so it no longer stands in the way of others, and nothing is left
   * to it alone.
   */
  finish(deadlineMs: number): Promise<void> {
    this.#overdueMs = deadlineMs / 2;
    const { queue, collector } = this.#parts;
    collector.hurry();
    for (const request of this.#open) this.#watch(request);
    this.pump();
    return queue.untilEmpty();
  }

  /** Gives up all requests; the batches stay in the queue. */
  abort(): void {
    for (const { attempt, overdue } of this.#open) {
      this.#parts.clock.clearTimeout(overdue);
      attempt.abort();
    }
  }

  /** Gives up everything, for good. */
  end(): void {
    this.#ended = true;
    this.#parts.collector.stop();
    this.abort();
    this.#open.clear();
  }

  #start(batch: Batch): void {
    const { collector, ledger, clock, post } = this.#parts;
    const request: OpenRequest = { batch, attempt: post(batch.payload), startedAt: clock.now() };
    collector.started(batch.payload.bytes.byteLength);
    ledger.requestStarted({ isRetry: batch.refusals.failures > 0 });
    this.#open.add(request);
    if (this.#overdueMs !== undefined) this.#watch(request);
    void request.attempt.outcome.then((outcome) => this.#ended || this.#settle(request, outcome));
  }

  #settle(request: OpenRequest, outcome: Outcome): void {
    const { batch } = request;
    const { queue, ledger, clock } = this.#parts;
    this.#open.delete(request);
    clock.clearTimeout(request.overdue);
    ledger.requestEnded({ accepted: outcome.kind === 'accepted' });
    // Otherwise it went into the spool, or by a second request, meanwhile.
    if (queue.holds(batch)) this.#conclude(batch, outcome);
    this.pump();
  }

  #conclude(batch: Batch, outcome: Outcome): void {
    const { queue, collector, ledger, drop } = this.#parts;
    if (outcome.kind === 'failed') {
      collector.failed(outcome);
      this.#retry(batch, outcome.detail);
      return;
    }
    collector.answered();
    queue.remove(batch);
    batch.claim?.finish();
    if (outcome.kind === 'accepted') ledger.sent(batch.payload);
    else drop(batch.payload, 'rejected', collector.quote(outcome.detail));
  }

  #retry(batch: Batch, detail: string): void {
    const { queue, collector, ledger, drop } = this.#parts;
    const isHopeless = batch.refusals.note(ledger.acceptedRequests);
    for (const other of this.#open) if (other.batch === batch) return;
    if (isHopeless) {
      queue.remove(batch);
      batch.claim?.finish();
      drop(batch.payload, 'rejected', collector.quote(detail));
    } else if (batch.claim?.release()) {
      queue.remove(batch);
      ledger.respooled(batch.payload, batch.claim);
    } else queue.putBack(batch);
  }

  /** Fetches the next batch from the spool, one at a time. */
  async #claimNext(feed: SpoolFeed): Promise<void> {
    const { queue, collector, ledger } = this.#parts;
    if (this.#claims || this.#overdueMs !== undefined) return;
    this.#claims = true;
    const claim = await feed.next();
    this.#claims = false;
    if (claim === undefined) {
      this.pump();
      return;
    }
    if (this.#overdueMs !== undefined || this.#open.size >= collector.allowedRequests()) {
      claim.release();
      return;
    }
    const batch = createClaimedBatch(claim);
    ledger.unspooled(batch.payload, claim);
    queue.hold(batch);
    this.#start(batch);
    this.pump();
  }

  /** At close: sees to a request that has been open for too long. */
  #watch(request: OpenRequest): void {
    const { clock, queue } = this.#parts;
    const allowedMs = this.#overdueMs ?? 0;
    const leftMs = allowedMs - (clock.now() - request.startedAt);
    request.overdue = startBackgroundTimer(clock, Math.min(Math.max(leftMs, 0), allowedMs), () => {
      if (queue.waiting > 0) request.attempt.abort();
      else if (this.#open.size < this.#parts.collector.allowedRequests()) this.#start(request.batch);
    });
  }
}
