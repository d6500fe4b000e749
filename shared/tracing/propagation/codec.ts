/** What every propagation format does: write a context into a text map, read one from it. */
import type { Baggage } from '../tracer/baggage.ts';
import type { JaegerSpanContext } from '../tracer/span-context.ts';

/** A text map: headers of a request, or what travels in a message's meta. */
export type TextMap = Record<string, unknown>;

/** The span that sent a carrier. */
export interface RemoteSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** 16 hex digits, or undefined. */
  readonly parentId: string | undefined;
  /** Jaeger's flags: 1 sampled, 2 debug. */
  readonly flags: number;
}

/** What a carrier said. */
export interface RemoteContext {
  /** Undefined where only the rest was said. */
  readonly span: RemoteSpan | undefined;
  readonly baggage: Baggage;
  /** Asks for a trace that is kept, and to be found by this text. */
  readonly debugId: string | undefined;
}

/** Where keys and values must be fit for HTTP headers, values are percent-encoded. */
export interface CodecOptions {
  readonly httpHeaders: boolean;
}

/** One propagation format; parsers are pure, answer undefined where there is nothing for them or it is not wholly right. */
export interface Codec {
  inject(context: JaegerSpanContext, carrier: TextMap, options: CodecOptions): void;
  extract(carrier: TextMap, options: CodecOptions): RemoteContext | undefined;
}
