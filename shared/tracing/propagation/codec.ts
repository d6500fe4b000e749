/** What every propagation format does: write a context into a text map, read one from it. */
import type { Baggage } from '../tracer/baggage.ts';
import type { JaegerSpanContext } from '../tracer/span-context.ts';

/** A text map: headers of a request, or what travels in a message's meta. */
export type TextMap = Record<string, unknown>;

/** What a carrier said of the span that sent it. */
export interface RemoteSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** 16 hex digits, or undefined. */
  readonly parentId: string | undefined;
  /** Jaeger's flags: 1 sampled, 2 debug. */
  readonly flags: number;
  readonly baggage: Baggage;
}

/** Where keys and values must be fit for HTTP headers, values are percent-encoded. */
export interface CodecOptions {
  readonly httpHeaders: boolean;
}

/** One propagation format; parsers are pure, answer undefined to whatever is not wholly right, and never throw. */
export interface Codec {
  inject(context: JaegerSpanContext, carrier: TextMap, options: CodecOptions): void;
  extract(carrier: TextMap, options: CodecOptions): RemoteSpan | undefined;
}
