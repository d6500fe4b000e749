/** The default backend: this library's tracer, encoded to Thrift as spans finish, delivered to a Jaeger collector. */
import { uberTraceId } from '../propagation/uber-trace-id.ts';
import { writeSpan } from '../thrift/span-encoding.ts';
import { Clock } from '../tracer/clock.ts';
import { copyOfFinished, type FinishedSpan } from '../tracer/finished-span.ts';
import { createRandomId } from '../tracer/ids.ts';
import { durationUs } from '../tracer/microseconds.ts';
import type { Sampler } from '../tracer/sampler.ts';
import { type Tags, tagPairs } from '../tracer/tag-pairs.ts';
import { JaegerTracer } from '../tracer/tracer.ts';
import type { Backend } from './backend.ts';
import { type Collector, Delivery } from './delivery.ts';
import { createLossLog, type LossFields } from './loss-log.ts';
import { processTags } from './process-tags.ts';

export interface JaegerBackendOptions {
  readonly createSampler: (service: string) => Sampler;
  readonly processTags: Tags;
  readonly flushIntervalMs: number;
  /** Show losses on root spans. */
  readonly logLoss?: boolean;
  /** Takes a line for each recorded span. */
  readonly logSpan?: ((line: string) => void) | undefined;
}

export function createJaegerBackend(collector: Collector, options: JaegerBackendOptions): Backend {
  const delivery = new Delivery<FinishedSpan>(collector, {
    writeSpan,
    processTags: processTags(options.processTags),
    flushIntervalMs: options.flushIntervalMs,
  });
  const counts = { started: 0, finished: 0 };
  const lossFields = createLossLog(() => delivery.stats(counts).dropped);
  const record = (span: FinishedSpan): void => {
    const { service, operationName, spanContext } = span;
    options.logSpan?.(`span ${service} ${operationName} ${spanContext} ${durationUs(span)} us`);
    const loss = options.logLoss && spanContext.parentId === undefined ? lossFields() : undefined;
    delivery.record(loss ? withLog(span, loss) : span);
  };
  const parts = {
    sink: options.logSpan || options.logLoss ? { record } : delivery,
    codecs: [uberTraceId],
    clock: new Clock(),
    randomId: createRandomId(),
    counts,
  };
  const samplers: Sampler[] = [];
  return {
    enabled: true,
    createTracer: (service) => {
      const sampler = options.createSampler(service);
      samplers.push(sampler);
      return new JaegerTracer(service, { ...parts, sampler });
    },
    describeProcess: (tags) => delivery.describeProcess(tags),
    stats: () => delivery.stats(counts),
    flush: (deadline) => delivery.flush(deadline),
    close: (deadline) => {
      for (const sampler of samplers) sampler.close();
      return delivery.close(deadline);
    },
  };
}

/** A finished span with one more log, at its end. */
function withLog(span: FinishedSpan, fields: LossFields): FinishedSpan {
  const logs = [...span.logs, { timeMs: span.finishTimeMs, fields: tagPairs(fields) }];
  return { ...copyOfFinished(span), logs };
}
