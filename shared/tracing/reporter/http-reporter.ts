import { AsyncLocalStorage } from 'node:async_hooks';
import { type Batch, createBatch } from './batch.ts';
import { Collector } from './collector.ts';
import { clampDeadline, waitAtMost } from './deadline.ts';
import { Delivery } from './delivery.ts';
import { DropLog } from './drop-log.ts';
import { type HttpReporterOptions, type HttpReporterSettings, resolveHttpOptions } from './http-options.ts';
import { leaveToSpool } from './leave-to-spool.ts';
import { type Delivered, type DropReason, Ledger, type ReporterStats } from './ledger.ts';
import { Overflow } from './overflow.ts';
import type { Payload } from './payload.ts';
import { PayloadQueue } from './queue.ts';
import { postPayload } from './send.ts';
import { Spool } from './spool.ts';
import { SpoolFeed } from './spool-feed.ts';

/** What a slow disk takes, for anything at all, for each file and for its bytes. */
const DISK_LATENCY_MS = 20;
const DISK_FILE_MS = 1;
const DISK_BYTES_PER_MS = 20_000;

/** A drain waits no longer for a collector that is away by then: it comes back within a few retries, or not so soon. */
const AWAY_DRAIN_MS = 500;

/** So long may a crash take. */
const CRASH_MS = 5_000;

/** So long may writing take even where no time is left: a tenth of a second late is better than empty-handed. */
const LEAST_LEAVE_MS = 100;

/** POSTs batches to a collector, keeps them while it is away, and accounts for each of their spans. */
export class HttpReporter {
  readonly #settings: HttpReporterSettings;
  readonly #ledger = new Ledger();
  readonly #dropLog: DropLog;
  readonly #queue: PayloadQueue<Batch>;
  readonly #collector: Collector;
  readonly #delivery: Delivery;
  readonly #spool: Spool | undefined;
  readonly #feed: SpoolFeed | undefined;
  readonly #overflow: Overflow | undefined;
  // Whoever finishes a span must not lend its context to requests, timers and the log lines that come of them.
  readonly #outside = AsyncLocalStorage.snapshot();
  #closing: Promise<Delivered> | undefined;
  #closed = false;

  constructor(options: HttpReporterOptions) {
    const settings = resolveHttpOptions(options);
    const { clock, logger, random, url } = settings;
    const pump = () => this.#delivery.pump();
    this.#settings = settings;
    this.#dropLog = new DropLog(logger, clock);
    this.#queue = new PayloadQueue({ maxBytes: settings.maxQueueBytes, maxSpans: settings.maxQueueSpans });
    this.#collector = new Collector(
      {
        address: url.host + url.pathname,
        backoff: { firstMs: settings.retryFirstMs, maxMs: settings.retryMaxMs },
        drainBytesPerSecond: settings.drainBytesPerSecond,
        clock,
        random,
        logger,
      },
      pump,
    );
    this.#spool = createSpool(settings);
    this.#feed = this.#spool && new SpoolFeed(this.#spool, clock, pump);
    this.#overflow =
      this.#spool &&
      this.#feed &&
      new Overflow({
        queue: this.#queue,
        spool: this.#spool,
        feed: this.#feed,
        ledger: this.#ledger,
        aboveBytes: settings.maxQueueBytes / 2,
        aboveSpans: (settings.maxQueueSpans ?? Number.POSITIVE_INFINITY) / 2,
      });
    this.#delivery = new Delivery({
      queue: this.#queue,
      collector: this.#collector,
      ledger: this.#ledger,
      clock,
      post: (payload) => postPayload(settings, payload),
      feed: this.#feed,
      drop: (payload, reason, detail) => this.#drop(payload, reason, detail),
    });
  }

  send(payload: Payload): void {
    this.#outside(() => this.#accept(payload));
  }

  async drain({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    if (this.#queue.size === 0) return;
    const { clock } = this.#settings;
    const limitMs = clampDeadline(deadlineMs);
    const emptied = this.#queue.untilEmpty();
    await waitAtMost(Math.min(limitMs, AWAY_DRAIN_MS), emptied, clock);
    if (this.#queue.size === 0 || limitMs <= AWAY_DRAIN_MS || this.#collector.state === 'away') return;
    await waitAtMost(limitMs - AWAY_DRAIN_MS, emptied, clock);
  }

  close({ deadlineMs }: { deadlineMs: number }): Promise<Delivered> {
    this.#closing ??= this.#close(clampDeadline(deadlineMs));
    return this.#closing;
  }

  saveNow(): void {
    this.#dropLog.hold();
    if (this.#spool !== undefined) {
      this.#delivery.abort();
      this.#leave(CRASH_MS);
    }
    this.#dropLog.flush();
    this.#feed?.refill();
  }

  stats(): ReporterStats {
    return this.#ledger.stats({
      queued: { spans: this.#queue.spans, bytes: this.#queue.bytes },
      openRequests: this.#delivery.openRequests,
      collector: this.#collector.state,
    });
  }

  #accept(payload: Payload): void {
    this.#ledger.given(payload);
    if (this.#closed) this.#drop(payload, 'closed');
    else if (payload.bytes.byteLength > this.#settings.maxPayloadBytes) this.#drop(payload, 'too_large');
    else {
      const evicted = this.#queue.push(createBatch(payload));
      for (const batch of evicted) this.#drop(batch.payload, 'queue_full');
      this.#delivery.pump();
      this.#overflow?.relieve();
    }
  }

  #drop(payload: Payload, reason: DropReason, detail?: string): void {
    this.#ledger.dropped(payload, reason);
    const isNotTaken = reason === 'queue_full' || reason === 'deadline';
    this.#dropLog.note(reason, payload.spans, detail ?? (isNotTaken ? this.#collector.trouble : undefined));
  }

  async #close(deadlineMs: number): Promise<Delivered> {
    const finished = this.#delivery.finish(deadlineMs);
    const written = this.#overflow?.stop();
    let leftMs = deadlineMs;
    while (this.#queue.size > 0) {
      const waitMs = leftMs - this.#reserveMs(deadlineMs);
      if (waitMs <= 0) break;
      await waitAtMost(waitMs, finished, this.#settings.clock);
      leftMs -= waitMs;
    }
    // What is being written would otherwise be written, or dropped, a second time.
    if (written !== undefined) await waitAtMost(LEAST_LEAVE_MS, written, this.#settings.clock);
    this.#closed = true;
    this.#delivery.end();
    this.#dropLog.hold();
    this.#leave(leftMs);
    this.#feed?.stop();
    this.#dropLog.end();
    return this.#ledger.delivered();
  }

  /** How much of a close's time to keep for writing to the spool what is in memory now. */
  #reserveMs(deadlineMs: number): number {
    if (this.#spool === undefined) return 0;
    const { size, bytes } = this.#queue;
    const neededMs = DISK_LATENCY_MS + size * DISK_FILE_MS + bytes / DISK_BYTES_PER_MS;
    return Math.min(Math.ceil(neededMs), deadlineMs / 2);
  }

  /** Empties the memory: into the spool as far as possible. */
  #leave(limitMs: number): void {
    leaveToSpool(this.#queue, {
      spool: this.#spool,
      ledger: this.#ledger,
      clock: this.#settings.clock,
      limitMs: Math.max(limitMs, LEAST_LEAVE_MS),
      drop: (payload, reason) => this.#drop(payload, reason),
    });
  }
}

function createSpool({ spoolDir, ...settings }: HttpReporterSettings): Spool | undefined {
  if (spoolDir === undefined) return undefined;
  const { url, contentType, maxSpoolBytes, connectTimeoutMs, responseTimeoutMs, clock, disk, logger } =
    settings;
  return new Spool({
    dir: spoolDir,
    maxBytes: maxSpoolBytes,
    kind: { contentType, endpointKind: url.pathname },
    leaseMs: 4 * (connectTimeoutMs + responseTimeoutMs),
    clock,
    disk,
    logger,
  });
}
