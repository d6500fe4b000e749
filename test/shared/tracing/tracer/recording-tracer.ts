/** The library's own tracer over a list of what it has recorded. */
import { uberTraceId } from '#shared/tracing/propagation/uber-trace-id.ts';
import { Clock } from '#shared/tracing/tracer/clock.ts';
import { copyOfFinished, type FinishedSpan } from '#shared/tracing/tracer/finished-span.ts';
import { createRandomId } from '#shared/tracing/tracer/ids.ts';
import { createSampler, type SamplerSettings } from '#shared/tracing/tracer/sampling.ts';
import { JaegerTracer } from '#shared/tracing/tracer/tracer.ts';

interface Given {
  /** @default every trace is recorded */
  settings?: SamplerSettings;
  /** What the sampler draws. */
  random?: (() => number) | undefined;
  clock?: Clock;
}

/** A tracer, and copies of the spans that it has recorded: they let go of most of it themselves. */
export function createRecordingTracer({
  settings = { type: 'const', param: 1 },
  random,
  clock = new Clock(),
}: Given = {}) {
  const recorded: FinishedSpan[] = [];
  const tracer = new JaegerTracer('users', {
    sampler: createSampler(settings, { service: 'users', ...(random && { random }) }),
    sink: { record: (span) => recorded.push(copyOfFinished(span)) },
    codecs: [uberTraceId],
    clock,
    randomId: createRandomId(),
    counts: { started: 0, finished: 0 },
  });
  return { tracer, recorded };
}
