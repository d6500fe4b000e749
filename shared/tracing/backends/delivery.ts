/** What every backend that sends has behind its tracers: spans are encoded into batches, batches go to a reporter. */
import type { TracingLogger } from '../options.ts';
import type { Reporter } from '../reporter/reporter.ts';
import type { Framing } from '../thrift/agent-message.ts';
import type { WriteSpan } from '../thrift/service-batch.ts';
import { ThriftBatches } from '../thrift/thrift-batches.ts';
import type { Tags } from '../tracer/tag-pairs.ts';
import type { SpanCounts } from '../tracer/tracer.ts';
import type { BackendStats, CloseResult } from './backend.ts';
import { isExiting, unwatchForCrash, watchForCrash } from './crash-watch.ts';

/** Where batches go, and in which form. */
export interface Collector {
  readonly reporter: Reporter;
  readonly framing: Framing;
  readonly maxBatchBytes: number;
  /** True where the reporter has a spool, so that not even a crash need lose what is finished. */
  readonly survivesCrash: boolean;
  /** Told of what an exit loses, with what helps. */
  readonly logger: Pick<TracingLogger, 'warn'>;
  readonly exitHint: string;
}

export interface DeliveryOptions<Span> {
  readonly writeSpan: WriteSpan<Span>;
  readonly processTags: Tags;
  readonly flushIntervalMs: number;
}

/** What ends while a close waits goes along, if it is soon enough; what ends later is told of at once, while there is time. */
const CLOSING_INTERVAL_MS = 20;

export class Delivery<Span extends { readonly service: string }> {
  readonly #collector: Collector;
  readonly #batches: ThriftBatches<Span>;
  readonly #configured: Tags;
  #processTags: Tags;
  /** False from the first span on, and once closed: there is nothing more to begin. */
  #isYetToWatch = true;
  /** From then on each span is the last. */
  #isExit = false;
  #lostAtExit = 0;

  constructor(collector: Collector, options: DeliveryOptions<Span>) {
    const { reporter, framing, maxBatchBytes } = collector;
    this.#collector = collector;
    this.#configured = { ...options.processTags };
    this.#processTags = this.#configured;
    this.#batches = new ThriftBatches(reporter, {
      ...options,
      processTags: () => this.#processTags,
      framing,
      maxBatchBytes,
    });
  }

  /** Adds to the process what its settings do not say; a service that has begun its batch keeps its own. */
  describeProcess(tags: Tags): void {
    this.#processTags = { ...this.#processTags, ...tags, ...this.#configured };
  }

  record(span: Span): void {
    if (this.#isYetToWatch) {
      this.#isYetToWatch = false;
      watchForCrash(this.#saveNow);
      this.#isExit = isExiting();
    }
    this.#batches.record(span);
    if (this.#isExit) this.#saveNow(true);
  }

  /** The numbers of a backend whose tracers have counted `counts`. */
  stats(counts: SpanCounts): BackendStats {
    const { sent, droppedBy, spooled, queued, requests } = this.#collector.reporter.stats();
    const { waiting, lost } = this.#batches;
    return {
      started: counts.started,
      finished: counts.finished,
      unfinished: counts.started - counts.finished,
      sent,
      dropped: { ...droppedBy, unencodable: lost },
      spooled,
      queued: queued.spans + waiting.spans,
      queuedBytes: queued.bytes + waiting.bytes,
      failedRequests: requests.failed,
      retriedRequests: requests.retried,
    };
  }

  /** Sends what is there, and goes on. */
  async flush({ deadlineMs }: { deadlineMs: number }): Promise<void> {
    this.#batches.flush();
    await this.#collector.reporter.drain({ deadlineMs });
  }

  async close({ deadlineMs }: { deadlineMs: number }): Promise<CloseResult> {
    this.#isYetToWatch = false;
    const { reporter } = this.#collector;
    this.#batches.flushWithin(CLOSING_INTERVAL_MS);
    await reporter.close({ deadlineMs });
    this.#batches.flushWithin(0);
    unwatchForCrash(this.#saveNow);
    const { sent, dropped } = reporter.stats();
    return { sent, dropped: dropped + this.#batches.lost };
  }

  readonly #saveNow = (isEnd: boolean): void => {
    const { reporter, survivesCrash, logger, exitHint } = this.#collector;
    const isExit = isEnd || this.#isExit;
    this.#isExit = false; // whatever is logged here may bring a logger to finish spans
    if (survivesCrash) this.#batches.flush();
    reporter.saveNow();
    const lost = reporter.stats().queued.spans + this.#batches.waiting.spans - this.#lostAtExit;
    if (isExit && lost > 0) {
      this.#lostAtExit += lost;
      logger.warn(`spans lost at exit spans=${lost}: ${exitHint}`);
    }
    this.#isExit = isExit;
  };
}
