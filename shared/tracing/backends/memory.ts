/** Keeps finished spans in memory, for tests: the default tracer with a list behind it. */
import { uberTraceId } from '../propagation/uber-trace-id.ts';
import { tagValue } from '../tag-value.ts';
import { createClock } from '../tracer/clock.ts';
import { randomId } from '../tracer/ids.ts';
import { createSampler, type SamplerSettings } from '../tracer/sampling.ts';
import type { FinishedSpan } from '../tracer/span.ts';
import { JaegerTracer } from '../tracer/tracer.ts';
import { type Backend, NO_STATS } from './backend.ts';

/** A finished span as it would be sent. */
export interface RecordedSpan {
  readonly service: string;
  readonly operation: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly references: readonly { type: 'child_of' | 'follows_from'; traceId: string; spanId: string }[];
  readonly startUs: number;
  readonly durationUs: number;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly logs: readonly { timeUs: number; fields: Readonly<Record<string, unknown>> }[];
}

export interface MemoryBackend extends Backend {
  /** All spans finished so far, in the order of their finish. */
  readonly spans: RecordedSpan[];
}

export function createMemoryBackend({ sampler }: { sampler: SamplerSettings }): MemoryBackend {
  const spans: RecordedSpan[] = [];
  const counts = { started: 0, finished: 0 };
  const parts = {
    sampler: createSampler(sampler),
    sink: { record: (span: FinishedSpan) => spans.push(recorded(span)) },
    codecs: [uberTraceId],
    clock: createClock(),
    randomId,
    counts,
  };
  return {
    enabled: true,
    spans,
    createTracer: (service) => new JaegerTracer(service, parts),
    stats: () => ({
      ...NO_STATS,
      ...counts,
      unfinished: counts.started - counts.finished,
      sent: spans.length,
    }),
    close: async () => ({ sent: spans.length, dropped: 0 }),
  };
}

function recorded(span: FinishedSpan): RecordedSpan {
  const { traceId, spanId, parentId } = span.spanContext;
  return {
    service: span.service,
    operation: span.operationName,
    traceId,
    spanId,
    parentId,
    references: span.references.map(({ type, context }) => ({
      type,
      traceId: context.traceId,
      spanId: context.spanId,
    })),
    startUs: Math.round(span.startTimeMs * 1000),
    durationUs: Math.max(1, Math.round(span.durationMs * 1000)),
    tags: { ...sendable(span.sharedTags ?? {}), ...sendable(Object.fromEntries(pairs(span.tags))) },
    logs: span.logs.map(({ timeMs, fields }) => ({
      timeUs: Math.round(timeMs * 1000),
      fields: sendable(fields),
    })),
  };
}

function* pairs(tags: readonly unknown[]): Generator<[string, unknown]> {
  for (let i = 0; i < tags.length; i += 2) yield [String(tags[i]), tags[i + 1]];
}

function sendable(tags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, tagValue(value)]));
}
