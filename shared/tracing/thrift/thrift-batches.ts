/** Encodes finished spans as they come into one batch per service, and hands each batch on when it is full or old enough. */
import type { FinishedSpan, Tags } from '../tracer/span.ts';
import { writeProcess, writeSpan } from './span-encoding.ts';
import { LIST, STRUCT, ThriftWriter } from './thrift-writer.ts';

/** The content type of a Thrift batch over HTTP. */
export const THRIFT_CONTENT_TYPE = 'application/x-thrift';

/** Where encoded batches go. */
export interface BatchReceiver {
  send(batch: { readonly bytes: Uint8Array; readonly spans: number }): void;
}

export interface ThriftBatchOptions {
  /** Tags on the process of every batch. */
  readonly processTags: Tags;
  /** A batch with more bytes than this goes out at once. @default 1 MiB */
  readonly maxBatchBytes?: number;
  /** A batch goes out at the latest after so long. @default 1000 */
  readonly flushIntervalMs?: number;
}

const MIB = 1024 * 1024;

export class ThriftBatches {
  readonly #receiver: BatchReceiver;
  readonly #options: Required<ThriftBatchOptions>;
  readonly #batches = new Map<string, ServiceBatch>();
  #timer: NodeJS.Timeout | undefined;

  constructor(receiver: BatchReceiver, options: ThriftBatchOptions) {
    this.#receiver = receiver;
    this.#options = { maxBatchBytes: MIB, flushIntervalMs: 1000, ...options };
  }

  /** Encodes a finished span; keeps nothing of it. */
  record(span: FinishedSpan): void {
    const batch = this.#batches.get(span.service) ?? this.#newBatch(span.service);
    batch.add(span);
    if (batch.length >= this.#options.maxBatchBytes) this.#send(batch);
    else this.#timer ??= setTimeout(this.flush, this.#options.flushIntervalMs).unref();
  }

  /** Spans that wait for their batch to go out. */
  get waiting(): number {
    let spans = 0;
    for (const batch of this.#batches.values()) spans += batch.spans;
    return spans;
  }

  /** Sends all batches as they are. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const batch of this.#batches.values()) if (batch.spans > 0) this.#send(batch);
  };

  #newBatch(service: string): ServiceBatch {
    const batch = new ServiceBatch(service, this.#options.processTags);
    this.#batches.set(service, batch);
    return batch;
  }

  #send(batch: ServiceBatch): void {
    const { spans } = batch;
    this.#receiver.send({ bytes: batch.take(), spans });
  }
}

/** One `Batch` struct in the making: the process block stays in the buffer, spans are written behind it. */
class ServiceBatch {
  readonly #writer = new ThriftWriter();
  readonly #listAt: number;
  readonly #spansAt: number;
  spans = 0;

  constructor(service: string, processTags: Tags) {
    const writer = this.#writer;
    writer.fieldHeader(STRUCT, 1);
    writeProcess(writer, service, processTags);
    writer.fieldHeader(LIST, 2);
    this.#listAt = writer.length;
    writer.listHeader(STRUCT, 0);
    this.#spansAt = writer.length;
  }

  get length(): number {
    return this.#writer.length;
  }

  add(span: FinishedSpan): void {
    const before = this.#writer.length;
    try {
      writeSpan(this.#writer, span);
      this.spans++;
    } catch (error) {
      this.#writer.truncate(before);
      throw error;
    }
  }

  take(): Uint8Array {
    const writer = this.#writer;
    writer.setListCount(this.#listAt, this.spans);
    writer.stop();
    const bytes = writer.bytes();
    writer.truncate(this.#spansAt);
    this.spans = 0;
    return bytes;
  }
}
