import { randomId } from '#shared/tracing/tracer/ids.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

export const idBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'make a random id',
    prepare: () => (iterations) => {
      for (let i = 0; i < iterations; i++) randomId();
    },
  },
];
