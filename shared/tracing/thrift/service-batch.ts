/** One `Batch` struct in the making: the process block stays in the buffer, spans are written behind it. */
import type { Tags } from '../tracer/tag-pairs.ts';
import type { Framing } from './agent-message.ts';
import { writeProcess } from './span-encoding.ts';
import { LIST, STRUCT, ThriftWriter } from './thrift-writer.ts';

/** Writes a span. Answers false where there is no room for it before `end`. */
export type WriteSpan<Span> = (writer: ThriftWriter, span: Span, end: number) => boolean;

/** How the batches of a service are written. */
export interface ServiceBatchOptions {
  readonly service: string;
  readonly processTags: Tags;
  readonly framing: Framing;
  /** No batch is longer. */
  readonly maxBytes: number;
}

/** A batch, ready to be sent. */
export interface EncodedBatch {
  readonly bytes: Uint8Array;
  readonly spans: number;
}

const STOP = 0;

const TOO_LARGE = 'the span is too large';

export class ServiceBatch {
  readonly #writer = new ThriftWriter();
  readonly #maxBytes: number;
  readonly #tail: Uint8Array;
  readonly #listAt: number;
  readonly #spansAt: number;
  #spans = 0;
  #isWriting = false;

  constructor({ service, processTags, framing, maxBytes }: ServiceBatchOptions) {
    const writer = this.#writer;
    framing.begin(writer);
    writer.fieldHeader(STRUCT, 1);
    writeProcess(writer, service, processTags, maxBytes / 4);
    writer.fieldHeader(LIST, 2);
    this.#listAt = writer.length;
    writer.listHeader(STRUCT, 0);
    this.#spansAt = writer.length;
    this.#tail = Uint8Array.of(STOP, ...framing.end);
    this.#maxBytes = maxBytes - this.#tail.length;
  }

  get spans(): number {
    return this.#spans;
  }

  get bytes(): number {
    return this.#spans === 0 ? 0 : this.#writer.length;
  }

  /** True where a span is asked for what it has, which may run code that ends other spans: these cannot be added now. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Writes a span by itself, to be added later. Throws where it cannot be written at all. */
  written<Span>(span: Span, write: WriteSpan<Span>): Uint8Array {
    const writer = new ThriftWriter();
    if (!write(writer, span, this.#roomForOne)) throw new RangeError(TOO_LARGE);
    return writer.bytes();
  }

  /**
   * Writes one more span. Answers the batch of those before it, where they leave no room for it. Throws where the span
   * cannot be written at all; then the batch is as it was.
   */
  add<Span>(span: Span, write: WriteSpan<Span>): EncodedBatch | undefined {
    const writer = this.#writer;
    const before = writer.length;
    this.#isWriting = true;
    try {
      if (!write(writer, span, before + this.#roomForOne)) throw new RangeError(TOO_LARGE);
    } catch (error) {
      writer.truncate(before);
      throw error;
    } finally {
      this.#isWriting = false;
    }
    if (writer.length <= this.#maxBytes) {
      this.#spans++;
      return undefined;
    }
    const full = this.#encoded(before);
    writer.remove(this.#spansAt, before);
    this.#spans = 1;
    return full;
  }

  /** The batch as it is; the next one begins empty. */
  take(): EncodedBatch {
    const batch = this.#encoded(this.#writer.length);
    this.#writer.truncate(this.#spansAt);
    this.#writer.shrink(2 * batch.bytes.length);
    this.#spans = 0;
    return batch;
  }

  get #roomForOne(): number {
    return this.#maxBytes - this.#spansAt;
  }

  #encoded(end: number): EncodedBatch {
    this.#writer.setListCount(this.#listAt, this.#spans);
    return { bytes: this.#writer.bytes(end, this.#tail), spans: this.#spans };
  }
}
