/** What jaeger-client's tracer lacks: it throws on odd carriers, believes garbage, and counts no unsampled spans. */
import type { Span, SpanContext, Tracer } from 'opentracing';
import { parseUberTraceId, UBER_TRACE_ID } from '../propagation/uber-trace-id.ts';
import type { SpanCounts } from '../tracer/tracer.ts';

/** jaeger-client's tracer with those of its private parts that are set here. */
export interface ClientTracer extends Tracer {
  _sampler: object;
  now(): number;
}

/** jaeger-client's context; `extract` answers one even where the carrier said nothing. */
interface ClientContext extends SpanContext {
  readonly isValid: boolean;
  readonly debugId: string;
  readonly baggage: object;
}

/** Lets `inject` and `extract` take any carrier: what is not wholly right is no context. */
export function withStrictInput<T extends Tracer>(tracer: T): T {
  const { extract, inject } = tracer;
  tracer.extract = (format, carrier) => {
    const context = extract.call(tracer, format, textsOf(carrier)) as ClientContext | null;
    return context !== null && saysSomething(context) ? context : null;
  };
  tracer.inject = (spanOrContext, format, carrier) => {
    if (typeof carrier === 'object' && carrier !== null && !Object.isFrozen(carrier))
      inject.call(tracer, spanOrContext, format, carrier);
  };
  return tracer;
}

/** Counts all spans, sampled or not. */
export function withSpanCounts<T extends Tracer>(tracer: T, counts: SpanCounts): T {
  const { startSpan } = tracer;
  tracer.startSpan = (name, options) => {
    const span = startSpan.call(tracer, name, options);
    counts.started++;
    countFinish(span, counts);
    return span;
  };
  return tracer;
}

function countFinish(span: Span, counts: SpanCounts): void {
  const { finish } = span;
  let finished = false;
  span.finish = (timeMs) => {
    if (!finished) counts.finished++;
    finished = true;
    finish.call(span, timeMs);
  };
}

/** The texts of a carrier; a context among them only where it is one. */
function textsOf(carrier: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  if (typeof carrier !== 'object' || carrier === null) return texts;
  try {
    for (const [name, value] of Object.entries(carrier)) {
      const isContext = name.toLowerCase() === UBER_TRACE_ID;
      if (typeof value === 'string' && !(isContext && parseUberTraceId(value) === undefined))
        texts[name] = value;
    }
    return texts;
  } catch {
    return {}; // a Proxy, or a getter, that throws
  }
}

function saysSomething({ isValid, debugId, baggage }: ClientContext): boolean {
  return isValid || debugId !== '' || Object.keys(baggage).length > 0;
}
