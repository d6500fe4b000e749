/** The context as it travels in a call's meta. */
import { carrierOf, contextFrom, withCarrier, withoutCarrier } from '#shared/tracing/moleculer/carrier.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';
import { createLoopTracer } from './spans.ts';

const META = { user: { id: 7 }, locale: 'en' };

export const carrierBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'put a context into a copy of the meta',
    prepare: () => {
      const span = createLoopTracer(true, () => {}).startSpan('call');
      return (iterations) => {
        for (let i = 0; i < iterations; i++) withCarrier(META, carrierOf(span));
      };
    },
  },
  {
    name: 'read a context from the meta and take it out',
    prepare: () => {
      const tracer = createLoopTracer(true, () => {});
      const meta = withCarrier(META, carrierOf(tracer.startSpan('call')));
      return (iterations) => {
        for (let i = 0; i < iterations; i++) {
          contextFrom(meta['$trace'], tracer);
          withoutCarrier(meta);
        }
      };
    },
  },
];
