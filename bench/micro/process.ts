/** The process in which micro-benchmarks run. Composition root. */
import { startLifecycle } from '#shared/lifecycle.ts';
import { carrierBenchmarks } from './carrier.bench.ts';
import { contextBenchmarks } from './context.bench.ts';
import { encoderBenchmarks } from './encoder.bench.ts';
import { idBenchmarks } from './ids.bench.ts';
import { type MicroBenchmark, timeLoop } from './micro-benchmark.ts';
import { queueBenchmarks } from './queue.bench.ts';
import { spanBenchmarks } from './span.bench.ts';

const BENCHMARKS: readonly MicroBenchmark[] = [
  ...spanBenchmarks,
  ...encoderBenchmarks,
  ...idBenchmarks,
  ...contextBenchmarks,
  ...carrierBenchmarks,
  ...queueBenchmarks,
];

const lifecycle = startLifecycle({ close: async () => {} });
process.on('message', async (question: { type: string; name?: string; sampleMs?: number }) => {
  if (question.type === 'names') process.send?.({ type: 'names', names: BENCHMARKS.map(({ name }) => name) });
  const benchmark = BENCHMARKS.find(({ name }) => name === question.name);
  if (question.type === 'measure' && benchmark)
    process.send?.({ type: 'measure', ...(await timeLoop(benchmark, question.sampleMs ?? 1000)) });
});
lifecycle.announceReady({ name: 'micro' });
