/** What becomes of a batch, whichever way it came. */
import type { TraceStore } from '../store/trace-store.ts';
import type { ThriftBatch } from '../thrift/jaeger-batch.ts';
import { repair } from './repair.ts';
import { spansFromThrift } from './spans-from-thrift.ts';

/** Takes the batch's spans into the store. */
export function takeBatch(received: ThriftBatch, store: TraceStore): void {
  const batch = spansFromThrift(received);
  repair(batch);
  store.add(batch);
}
