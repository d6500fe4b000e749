/** The default backend: this library's tracer, encoded to Thrift as spans finish, delivered to a Jaeger collector. */
import { uberTraceId } from '../propagation/uber-trace-id.ts';
import type { Reporter } from '../reporter/reporter.ts';
import { ThriftBatches } from '../thrift/thrift-batches.ts';
import { createClock } from '../tracer/clock.ts';
import { randomId } from '../tracer/ids.ts';
import { createSampler, type SamplerSettings } from '../tracer/sampling.ts';
import type { Tags } from '../tracer/span.ts';
import { JaegerTracer } from '../tracer/tracer.ts';
import type { Backend } from './backend.ts';
import { deliveryStats } from './delivery-stats.ts';
import { processTags } from './process-tags.ts';

export interface JaegerBackendOptions {
  readonly sampler: SamplerSettings;
  readonly processTags: Tags;
  readonly flushIntervalMs: number;
}

export function createJaegerBackend(reporter: Reporter, options: JaegerBackendOptions): Backend {
  const { flushIntervalMs } = options;
  const batches = new ThriftBatches(reporter, {
    processTags: processTags(options.processTags),
    flushIntervalMs,
  });
  const counts = { started: 0, finished: 0 };
  const sampler = createSampler(options.sampler);
  const parts = { sampler, sink: batches, codecs: [uberTraceId], clock: createClock(), randomId, counts };
  return {
    enabled: true,
    createTracer: (service) => new JaegerTracer(service, parts),
    stats: () => deliveryStats(reporter, counts, batches.waiting),
    close: async ({ deadlineMs }) => {
      batches.flush();
      sampler.close();
      return reporter.close({ deadlineMs });
    },
  };
}
