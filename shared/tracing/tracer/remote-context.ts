/** The contexts of spans of other processes, made of what a carrier said. */
import * as opentracing from 'opentracing';
import type { RemoteContext, RemoteSpan } from '../propagation/codec.ts';
import { isDiscardedHop, parseUberTraceId } from '../propagation/uber-trace-id.ts';
import { type Baggage, NO_BAGGAGE } from './baggage.ts';
import { LocalTrace } from './local-trace.ts';
import { JaegerSpanContext } from './span-context.ts';

/** The context that any format has read. */
export function remoteContext({ span, baggage, debugId }: RemoteContext): JaegerSpanContext {
  if (span !== undefined) return contextOfSpan(span, baggage);
  const local = new LocalTrace('');
  local.debugId = debugId;
  return new JaegerSpanContext('', '', undefined, local, baggage);
}

/** The context that a text names, in any valid form of `uber-trace-id`. */
export function contextFromText(text: string): JaegerSpanContext | DiscardedHop | undefined {
  if (isDiscardedHop(text)) return new DiscardedHop(text);
  const span = parseUberTraceId(text);
  return span && contextOfSpan(span, NO_BAGGAGE);
}

/** The context of a trace that is discarded, as it came from another node: read only where somebody asks for its ids. */
export class DiscardedHop extends opentracing.SpanContext {
  readonly text: string;
  #opened: JaegerSpanContext | undefined;

  constructor(text: string) {
    super();
    this.text = text;
  }

  /** The same for all who ask, so that what is decided of the trace holds for all its spans in this process. */
  open(): JaegerSpanContext {
    this.#opened ??= contextOfSpan(parseUberTraceId(this.text) as RemoteSpan, NO_BAGGAGE);
    return this.#opened;
  }

  get isDiscarded(): boolean {
    return this.#opened?.isDiscarded ?? true;
  }

  override toTraceId(): string {
    return this.open().traceId;
  }

  override toSpanId(): string {
    return this.open().spanId;
  }
}

function contextOfSpan(span: RemoteSpan, baggage: Baggage): JaegerSpanContext {
  const { traceId, spanId, parentId, flags } = span;
  const local = new LocalTrace(spanId);
  local.setFlags(flags);
  local.setFinal(true);
  return new JaegerSpanContext(traceId, spanId, parentId, local, baggage);
}
