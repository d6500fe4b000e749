/** Keeps finished spans in memory, for tests: the default tracer with a list behind it. */
import { uberTraceId } from '../propagation/uber-trace-id.ts';
import { tagValue } from '../tag-value.ts';
import { textOf } from '../text.ts';
import { Clock } from '../tracer/clock.ts';
import type { FinishedSpan } from '../tracer/finished-span.ts';
import { createRandomId } from '../tracer/ids.ts';
import { durationUs, microseconds } from '../tracer/microseconds.ts';
import type { Sampler } from '../tracer/sampler.ts';
import { type TagPairs, tagPairs } from '../tracer/tag-pairs.ts';
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
  /** The spans finished so far, in the order of their finish. */
  readonly spans: RecordedSpan[];
}

/** Nobody looks at more; a process that was left with `TRACER=memory` must not grow for ever. */
const MOST_SPANS = 100_000;

export function createMemoryBackend({
  createSampler,
}: {
  readonly createSampler: (service: string) => Sampler;
}): MemoryBackend {
  const spans: RecordedSpan[] = [];
  const counts = { started: 0, finished: 0 };
  const samplers: Sampler[] = [];
  let sent = 0;
  const record = (span: FinishedSpan): void => {
    sent++;
    if (spans.length < MOST_SPANS) spans.push(recorded(span));
  };
  const parts = {
    sink: { record },
    codecs: [uberTraceId],
    clock: new Clock(),
    randomId: createRandomId(),
    counts,
  };
  const delivered = () => ({ sent: spans.length, dropped: sent - spans.length });
  return {
    enabled: true,
    spans,
    createTracer: (service) => {
      const sampler = createSampler(service);
      samplers.push(sampler);
      return new JaegerTracer(service, { ...parts, sampler });
    },
    stats: () => ({
      ...NO_STATS,
      ...counts,
      unfinished: counts.started - counts.finished,
      sent: delivered().sent,
      dropped: { memory_full: delivered().dropped },
    }),
    flush: async () => {},
    close: async () => {
      for (const sampler of samplers) sampler.close();
      return delivered();
    },
  };
}

function recorded(span: FinishedSpan): RecordedSpan {
  const { traceId, spanId, parentId } = span.spanContext;
  return {
    service: span.service,
    operation: textOf(span.operationName),
    traceId,
    spanId,
    parentId,
    references: span.references.map(({ type, context }) => ({
      type,
      traceId: context.traceId,
      spanId: context.spanId,
    })),
    startUs: microseconds(span.startTimeMs),
    durationUs: durationUs(span),
    tags: { ...sendable(tagPairs(span.sharedTags)), ...sendable(span.tags) },
    logs: span.logs.map(({ timeMs, fields }) => ({ timeUs: microseconds(timeMs), fields: sendable(fields) })),
  };
}

function sendable(tags: TagPairs): Record<string, unknown> {
  const byName: Record<string, unknown> = {};
  for (let i = 0; i < tags.length; i += 2) byName[textOf(tags[i])] = tagValue(tags[i + 1]);
  return byName;
}
