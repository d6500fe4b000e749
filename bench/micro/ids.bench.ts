import { createRandomId } from '#shared/tracing/tracer/ids.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

export const idBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'make a random id',
    prepare: () => {
      const randomId = createRandomId();
      return (iterations) => {
        for (let i = 0; i < iterations; i++) randomId();
      };
    },
  },
];
