/** A span from its start to its end, without being encoded. */
import type { MicroBenchmark } from './micro-benchmark.ts';
import { CALL_TAGS, createLoopTracer } from './spans.ts';

function startAndFinish(sampled: boolean) {
  return () => {
    const tracer = createLoopTracer(sampled, () => {});
    const parent = tracer.startSpan('parent');
    return (iterations: number) => {
      for (let i = 0; i < iterations; i++)
        tracer.startSpan('users.get', { childOf: parent, tags: CALL_TAGS }).finish();
    };
  };
}

export const spanBenchmarks: readonly MicroBenchmark[] = [
  { name: 'start and finish a span, sampled', prepare: startAndFinish(true) },
  { name: 'start and finish a span, not sampled', prepare: startAndFinish(false) },
];
