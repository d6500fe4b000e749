/** Finished spans, made without a tracer. */
import { NO_BAGGAGE } from '#shared/tracing/tracer/baggage.ts';
import type { FinishedSpan, SpanReference } from '#shared/tracing/tracer/finished-span.ts';
import { LocalTrace } from '#shared/tracing/tracer/local-trace.ts';
import { JaegerSpanContext } from '#shared/tracing/tracer/span-context.ts';

export interface Ids {
  traceId: string;
  spanId: string;
  parentId?: string | undefined;
  flags?: number;
}

export function contextOf({ traceId, spanId, parentId, flags = 1 }: Ids): JaegerSpanContext {
  const local = new LocalTrace(spanId);
  local.setFlags(flags);
  return new JaegerSpanContext(traceId, spanId, parentId, local, NO_BAGGAGE);
}

export function referenceTo(type: SpanReference['type'], ids: Ids): SpanReference {
  return { type, context: contextOf(ids) };
}

/** A span with what is given, and something ordinary for the rest. */
export function finishedSpan(given: Partial<FinishedSpan> = {}): FinishedSpan {
  return {
    service: 'users',
    operationName: 'users.get',
    spanContext: contextOf({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }),
    references: [],
    startTimeMs: 1_767_225_600_000.25,
    finishTimeMs: 1_767_225_600_001.5,
    sharedTags: undefined,
    tags: [],
    logs: [],
    ...given,
  };
}
