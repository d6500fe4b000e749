/** Keeps received spans by trace, in memory. */
import type { Span, SpanBatch } from '../spans/span.ts';
import { batchBytes } from './batch-bytes.ts';

/** How much a {@link TraceStore} keeps; beyond it the trace that came first goes first. */
export interface TraceStoreOptions {
  /** @default 100000, as Jaeger's own memory store */
  maxTraces?: number;
  /** Of memory, estimated. @default 256 MiB */
  maxBytes?: number;
}

/** What a {@link TraceStore} holds and has let go. */
export interface TraceStoreStats {
  traces: number;
  spans: number;
  bytes: number;
  /** Since the start. */
  evictedTraces: number;
  evictedSpans: number;
}

interface StoredTrace {
  /** One for each POST that brought spans of the trace, in order of arrival. */
  batches: SpanBatch[];
  spans: number;
  bytes: number;
}

const MIB = 1024 * 1024;

/** A bounded store of traces. */
export class TraceStore {
  readonly #maxTraces: number;
  readonly #maxBytes: number;
  /** In order of first arrival. */
  readonly #traces = new Map<string, StoredTrace>();
  #spans = 0;
  #bytes = 0;
  #evictedTraces = 0;
  #evictedSpans = 0;

  constructor({ maxTraces = 100_000, maxBytes = 256 * MIB }: TraceStoreOptions = {}) {
    this.#maxTraces = maxTraces;
    this.#maxBytes = maxBytes;
  }

  /** Keeps the batch, its spans under their traces. */
  add({ resource, spans }: SpanBatch): void {
    for (const [traceId, ofTrace] of byTrace(spans)) this.#addTo(traceId, { resource, spans: ofTrace });
    while (this.#traces.size > this.#maxTraces || this.#bytes > this.#maxBytes) this.#evictOldest();
  }

  /** What came of one trace. */
  get(traceId: string): readonly SpanBatch[] | undefined {
    return this.#traces.get(traceId)?.batches;
  }

  /** The traces that came last, newest first. */
  latest(limit: number): [traceId: string, batches: readonly SpanBatch[]][] {
    const ids = [...this.#traces.keys()].slice(-limit).reverse();
    return ids.map((traceId) => [traceId, this.get(traceId) ?? []]);
  }

  stats(): TraceStoreStats {
    return {
      traces: this.#traces.size,
      spans: this.#spans,
      bytes: this.#bytes,
      evictedTraces: this.#evictedTraces,
      evictedSpans: this.#evictedSpans,
    };
  }

  #addTo(traceId: string, batch: SpanBatch): void {
    let trace = this.#traces.get(traceId);
    if (trace === undefined) {
      trace = { batches: [], spans: 0, bytes: 0 };
      this.#traces.set(traceId, trace);
    }
    const bytes = batchBytes(batch);
    trace.batches.push(batch);
    trace.spans += batch.spans.length;
    trace.bytes += bytes;
    this.#spans += batch.spans.length;
    this.#bytes += bytes;
  }

  #evictOldest(): void {
    for (const [traceId, trace] of this.#traces) {
      this.#traces.delete(traceId);
      this.#spans -= trace.spans;
      this.#bytes -= trace.bytes;
      this.#evictedTraces++;
      this.#evictedSpans += trace.spans;
      return;
    }
  }
}

function byTrace(spans: readonly Span[]): Map<string, Span[]> {
  const traces = new Map<string, Span[]>();
  for (const span of spans) {
    const ofTrace = traces.get(span.traceId);
    if (ofTrace === undefined) traces.set(span.traceId, [span]);
    else ofTrace.push(span);
  }
  return traces;
}
