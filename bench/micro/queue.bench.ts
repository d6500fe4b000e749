/** The reporter's queue while nothing can be sent: a batch goes in, and where there is no room the oldest goes out. */
import { createHttpReporter } from '#shared/tracing/reporter/reporter.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

/** Nobody listens there, and loopback refuses at once. */
const NOWHERE = 'http://127.0.0.1:9/api/traces';

export const queueBenchmarks: readonly MicroBenchmark[] = [
  {
    name: 'queue a batch of 64 KB',
    prepare: () => {
      const reporter = createHttpReporter({ endpoint: NOWHERE, contentType: 'application/x-thrift' });
      const payload = { bytes: new Uint8Array(64 * 1024), spans: 250 };
      return (iterations) => {
        for (let i = 0; i < iterations; i++) reporter.send(payload);
      };
    },
  },
];
