/** The active span, through AsyncLocalStorage. */
import { currentSpan, withSpan } from '#shared/tracing/current-span.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';
import { createLoopTracer } from './spans.ts';

const span = () => createLoopTracer(true, () => {}).startSpan('active');

export const contextBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'run a function with an active span',
    prepare: () => {
      const active = span();
      return (iterations) => {
        for (let i = 0; i < iterations; i++) withSpan(active, currentSpan, undefined);
      };
    },
  },
  {
    name: 'await once with an active span',
    prepare: () => {
      const active = span();
      const waiting = async (): Promise<void> => {
        await undefined;
      };
      return async (iterations) => {
        for (let i = 0; i < iterations; i++) await withSpan(active, waiting, undefined);
      };
    },
  },
  {
    name: 'await once without one',
    prepare: () => {
      const waiting = async (): Promise<void> => {
        await undefined;
      };
      return async (iterations) => {
        for (let i = 0; i < iterations; i++) await waiting();
      };
    },
  },
];
