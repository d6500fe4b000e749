import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, startBackgroundTimer, systemClock, type Timer } from './clock.ts';
import { Datagrams } from './datagrams.ts';
import { clampDeadline, waitAtMost } from './deadline.ts';
import { containFailures, DropLog, type ReporterLogger } from './drop-log.ts';
import { type Delivered, type DropReason, Ledger, type ReporterStats } from './ledger.ts';
import { Pace } from './pace.ts';
import type { Payload } from './payload.ts';
import { PayloadQueue } from './queue.ts';

/** How to reach the agent. UDP confirms nothing: a span counts as sent when the kernel has it. */
export interface UdpReporterOptions {
  /** A name (its IPv4 address is taken) or an address. */
  readonly host: string;
  readonly port: number;
  /**
   * Told of lost spans.
   * @default silence
   */
  readonly logger?: ReporterLogger | undefined;
  /**
   * The largest payload that is sent. Jaeger reads datagrams up to this; macOS sends none over 9,216 unless told to.
   * @default 65000
   */
  readonly maxDatagramBytes?: number | undefined;
  /**
   * Memory for datagrams that wait.
   * @default 4 MiB
   */
  readonly maxQueueBytes?: number | undefined;
  /**
   * The most spans that wait.
   * @default none: bytes bound the queue
   */
  readonly maxQueueSpans?: number | undefined;
  /**
   * How fast to send: a receiver's buffer holds only a few large datagrams, and what does not fit is lost unseen.
   * @default 4 MiB
   */
  readonly bytesPerSecond?: number | undefined;
  /** @default this machine's */
  readonly clock?: Clock | undefined;
}

const MIB = 1024 * 1024;

interface Datagram {
  readonly payload: Payload;
}

/** Sends each payload as one datagram, one after another at a bounded rate. */
export class UdpReporter {
  readonly #clock: Clock;
  readonly #maxDatagramBytes: number;
  readonly #ledger = new Ledger();
  readonly #dropLog: DropLog;
  readonly #queue: PayloadQueue<Datagram>;
  readonly #pace: Pace;
  readonly #datagrams: Datagrams;
  readonly #outside = AsyncLocalStorage.snapshot();
  #sends = false;
  #timer: Timer | undefined;
  #closing: Promise<Delivered> | undefined;
  #closed = false;

  constructor(options: UdpReporterOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#maxDatagramBytes = options.maxDatagramBytes ?? 65_000;
    this.#dropLog = new DropLog(containFailures(options.logger), this.#clock);
    this.#queue = new PayloadQueue({
      maxBytes: options.maxQueueBytes ?? 4 * MIB,
      maxSpans: options.maxQueueSpans,
    });
    this.#pace = new Pace(options.bytesPerSecond ?? 4 * MIB);
    this.#datagrams = new Datagrams(options);
  }

  send(payload: Payload): void {
    this.#outside(() => this.#accept(payload));
  }

  async drain({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    if (this.#queue.size === 0) return;
    await waitAtMost(clampDeadline(deadlineMs), this.#queue.untilEmpty(), this.#clock);
  }

  close({ deadlineMs }: { deadlineMs: number }): Promise<Delivered> {
    this.#closing ??= this.#close(clampDeadline(deadlineMs));
    return this.#closing;
  }

  /** There is no spool behind UDP: who cannot lose spans does not use it. */
  saveNow(): void {
    this.#dropLog.flush();
  }

  stats(): ReporterStats {
    return this.#ledger.stats({
      queued: { spans: this.#queue.spans, bytes: this.#queue.bytes },
      openRequests: this.#sends ? 1 : 0,
      collector: 'unknown',
    });
  }

  #accept(payload: Payload): void {
    this.#ledger.given(payload);
    if (this.#closed) this.#drop(payload, 'closed');
    else if (payload.bytes.byteLength > this.#maxDatagramBytes) this.#drop(payload, 'too_large');
    else {
      for (const evicted of this.#queue.push({ payload })) this.#drop(evicted.payload, 'queue_full');
      this.#pump();
    }
  }

  #pump(): void {
    if (this.#sends || this.#closed || this.#waitsForPace()) return;
    const datagram = this.#queue.take();
    if (datagram !== undefined) void this.#deliver(datagram);
  }

  #waitsForPace(): boolean {
    const waitMs = this.#pace.waitMs(this.#clock.now());
    if (waitMs <= 0) return false;
    this.#timer ??= startBackgroundTimer(this.#clock, Math.ceil(waitMs), () => {
      this.#timer = undefined;
      this.#pump();
    });
    return true;
  }

  async #deliver(datagram: Datagram): Promise<void> {
    const { payload } = datagram;
    this.#sends = true;
    const error = await this.#datagrams.send(payload.bytes);
    this.#sends = false;
    this.#pace.spend(payload.bytes.byteLength, this.#clock.now());
    this.#ledger.requestEnded({ accepted: !error });
    if (this.#queue.remove(datagram)) {
      if (!error) this.#ledger.sent(payload);
      else this.#drop(payload, error.code === 'EMSGSIZE' ? 'too_large' : 'unsendable', error.message);
    }
    this.#pump();
  }

  #drop(payload: Payload, reason: DropReason, detail?: string): void {
    this.#ledger.dropped(payload, reason);
    this.#dropLog.note(reason, payload.spans, detail);
  }

  async #close(deadlineMs: number): Promise<Delivered> {
    await waitAtMost(deadlineMs, this.#queue.untilEmpty(), this.#clock);
    this.#closed = true;
    this.#clock.clearTimeout(this.#timer);
    this.#datagrams.close();
    for (const { payload } of this.#queue.clear()) this.#drop(payload, 'deadline');
    this.#dropLog.end();
    return this.#ledger.delivered();
  }
}
