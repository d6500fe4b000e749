/** Hot loops: what one part of a span costs when nothing else happens. They explain; the mesh decides. */
import { startChild } from '../child.ts';
import { type Quartiles, quartilesOf } from '../statistics.ts';

/** One loop. */
export interface MicroBenchmark {
  readonly name: string;
  /** Sets up whatever the loop needs, and answers the loop. */
  prepare(): (iterations: number) => unknown;
}

/** One loop, measured. */
export interface MicroResult {
  readonly name: string;
  /** Time of one iteration. */
  readonly nanoseconds: Quartiles;
}

const SAMPLES = 21;

/** Measures all loops in a process of their own, each for about `sampleMs` after as long a warm-up. */
export async function measureMicro(sampleMs: number): Promise<MicroResult[]> {
  const env = { PATH: process.env['PATH'] };
  const child = await startChild(new URL('./process.ts', import.meta.url), {
    name: 'micro',
    settings: {},
    env,
  });
  try {
    const { names } = await child.ask<{ names: readonly string[] }>({ type: 'names' });
    const results: MicroResult[] = [];
    for (const name of names) results.push(await child.ask<MicroResult>({ type: 'measure', name, sampleMs }));
    return results;
  } finally {
    await child.close();
  }
}

/** Times a loop: finds how many iterations fill a sample, then takes 21 samples. */
export async function timeLoop(benchmark: MicroBenchmark, sampleMs: number): Promise<MicroResult> {
  const loop = benchmark.prepare();
  const timed = async (iterations: number): Promise<number> => {
    const startMs = performance.now();
    await loop(iterations);
    return performance.now() - startMs;
  };
  const perSampleMs = sampleMs / SAMPLES;
  let iterations = 1;
  const warmUntilMs = performance.now() + sampleMs;
  while (performance.now() < warmUntilMs) {
    const tookMs = await timed(iterations);
    if (tookMs < perSampleMs) iterations *= 2;
    else if (tookMs > 2 * perSampleMs && iterations > 1) iterations = Math.floor(iterations / 2);
  }
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++)
    samples.push(((await timed(iterations)) / iterations) * 1e6);
  return { name: benchmark.name, nanoseconds: quartilesOf(samples) };
}
