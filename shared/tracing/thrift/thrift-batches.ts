/** Encodes finished spans as they come into one batch per service, and hands each batch on when it is full or old enough. */
import type { Tags } from '../tracer/tag-pairs.ts';
import type { Framing } from './agent-message.ts';
import { type EncodedBatch, ServiceBatch, type WriteSpan } from './service-batch.ts';

/** The content type of a Thrift batch over HTTP. */
export const THRIFT_CONTENT_TYPE = 'application/x-thrift';

/** Where encoded batches go. */
export interface BatchReceiver {
  send(batch: EncodedBatch): void;
}

export interface ThriftBatchOptions<Span> {
  readonly writeSpan: WriteSpan<Span>;
  /** Tags on the process of every batch of a service, asked for as its first begins. */
  readonly processTags: () => Tags;
  /** What stands around each batch. */
  readonly framing: Framing;
  /** No batch is longer: the next span begins another. */
  readonly maxBatchBytes: number;
  /** A batch goes out at the latest after so long. */
  readonly flushIntervalMs: number;
}

interface Written {
  readonly batch: ServiceBatch;
  readonly bytes: Uint8Array;
}

const writeBytes: WriteSpan<Uint8Array> = (writer, bytes) => {
  writer.raw(bytes);
  return true;
};

export class ThriftBatches<Span extends { readonly service: string }> {
  readonly #receiver: BatchReceiver;
  readonly #options: ThriftBatchOptions<Span>;
  readonly #batches = new Map<string, ServiceBatch>();
  #flushIntervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Spans that ended while another of their service was written, each written by itself. */
  #meanwhile: Written[] = [];
  #lost = 0;

  constructor(receiver: BatchReceiver, options: ThriftBatchOptions<Span>) {
    this.#receiver = receiver;
    this.#options = options;
    this.#flushIntervalMs = options.flushIntervalMs;
  }

  /** Encodes a finished span; keeps nothing of it. Never throws. */
  record(span: Span): void {
    try {
      const { writeSpan } = this.#options;
      const batch = this.#batchOf(span.service);
      if (batch.isWriting) {
        this.#meanwhile.push({ batch, bytes: batch.written(span, writeSpan) });
        return;
      }
      this.#add(batch, span, writeSpan);
    } catch {
      this.#lost++;
    }
    if (this.#meanwhile.length > 0) this.#addMeanwhile();
  }

  /** Spans that wait for their batch to go out, and the bytes of them. */
  get waiting(): { spans: number; bytes: number } {
    const waiting = { spans: 0, bytes: 0 };
    for (const { spans, bytes } of this.#batches.values()) {
      waiting.spans += spans;
      waiting.bytes += bytes;
    }
    return waiting;
  }

  /** Spans that could not be encoded. */
  get lost(): number {
    return this.#lost;
  }

  /** Sends all batches as they are. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const batch of this.#batches.values())
      if (batch.spans > 0 && !batch.isWriting) this.#receiver.send(batch.take());
  };

  /** Sends all batches as they are, and from now on each after so long at the latest: 0 is with its first span. */
  flushWithin(intervalMs: number): void {
    this.#flushIntervalMs = intervalMs;
    this.flush();
  }

  #add<Added>(batch: ServiceBatch, span: Added, write: WriteSpan<Added>): void {
    const full = batch.add(span, write);
    if (full) this.#receiver.send(full);
    if (this.#flushIntervalMs === 0) this.flush();
    else this.#timer ??= setTimeout(this.flush, this.#flushIntervalMs).unref();
  }

  #addMeanwhile(): void {
    const written = this.#meanwhile;
    this.#meanwhile = written.filter(({ batch }) => batch.isWriting);
    for (const { batch, bytes } of written) if (!batch.isWriting) this.#add(batch, bytes, writeBytes);
  }

  #batchOf(service: string): ServiceBatch {
    let batch = this.#batches.get(service);
    if (batch === undefined) {
      const { processTags, framing, maxBatchBytes } = this.#options;
      batch = new ServiceBatch({ service, processTags: processTags(), framing, maxBytes: maxBatchBytes });
      this.#batches.set(service, batch);
    }
    return batch;
  }
}
