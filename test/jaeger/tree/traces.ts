/** Trees of test spans, by the way that real ones take: Thrift, store form, Jaeger's JSON. */
import { traceToJson } from '../../../jaeger/query/trace-to-json.ts';
import { repair } from '../../../jaeger/receive/repair.ts';
import { spansFromThrift } from '../../../jaeger/receive/spans-from-thrift.ts';
import type { ThriftBatch } from '../../../jaeger/thrift/jaeger-batch.ts';
import { type TraceTree, treeOf } from '../../../jaeger/tree/trace-tree.ts';

/** The tree that a stand-in would draw of these batches. */
export function treeOfBatches(...batches: ThriftBatch[]): TraceTree {
  const received = batches.map(spansFromThrift);
  received.forEach(repair);
  return treeOf(traceToJson(received));
}
