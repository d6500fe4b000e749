/** A tracer for the loops, and spans as the hooks make them. */
import { uberTraceId } from '#shared/tracing/propagation/uber-trace-id.ts';
import { Clock } from '#shared/tracing/tracer/clock.ts';
import type { FinishedSpan } from '#shared/tracing/tracer/finished-span.ts';
import { createRandomId } from '#shared/tracing/tracer/ids.ts';
import { createSampler } from '#shared/tracing/tracer/sampling.ts';
import { JaegerTracer } from '#shared/tracing/tracer/tracer.ts';

/** Tags as the call hook has them: constant for an action, frozen, encoded once. */
export const CALL_TAGS = Object.freeze({
  'span.kind': 'client',
  component: 'moleculer',
  'peer.service': 'users',
  'moleculer.action': 'users.get',
});

/** A tracer that records every span, or none, into `record`. */
export function createLoopTracer(sampled: boolean, record: (span: FinishedSpan) => void): JaegerTracer {
  return new JaegerTracer('users', {
    sampler: createSampler({ type: 'const', param: sampled ? 1 : 0 }, { service: 'users' }),
    sink: { record },
    codecs: [uberTraceId],
    clock: new Clock(),
    randomId: createRandomId(),
    counts: { started: 0, finished: 0 },
  });
}
