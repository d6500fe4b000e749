import test from 'ava';
import { remarksOf } from '../../../jaeger/tree/remarks.ts';
import type { TreeSpan } from '../../../jaeger/tree/trace-tree.ts';
import { batchOf } from '../spans.ts';
import { treeOfBatches } from './traces.ts';

const remarks = (tags: Record<string, string | number | boolean>) =>
  remarksOf(treeOfBatches(batchOf(1n, 'a', [{ id: 1, operation: 'b', tags }])).roots[0] as TreeSpan);

for (const [tags, expected] of [
  [{ 'http.status_code': 404, 'http.aborted': true }, ['404', 'aborted']],
  [{ 'http.status_code': 200, 'http.aborted': false, 'http.method': 'GET' }, []],
  [{ 'moleculer.attempt': 2, 'moleculer.queue_ms': 30.25 }, ['attempt 2', 'queued 30.3 ms']],
  [{ 'moleculer.late': 1200 }, ['late by 1.20 s']],
  [{ 'moleculer.cached': true, 'moleculer.fallback': true }, ['from the cache', 'by fallback']],
  [{ 'moleculer.cached': false, 'moleculer.fallback': false }, []],
  [
    { 'stream.sent.chunks': 3, 'stream.sent.bytes': 12, 'stream.received.chunks': 0 },
    ['3 sent', '0 received'],
  ],
] as const)
  test(`${JSON.stringify(tags)}: ${expected.join(', ') || 'nothing to remark'}`, (t) => {
    t.deepEqual(remarks(tags).sort(), [...expected].sort());
  });

test('what is not what it should be is no remark', (t) => {
  for (const name of ['http.status_code', 'moleculer.attempt', 'moleculer.queue_ms', 'stream.sent.chunks'])
    for (const value of ['x'.repeat(10_000), true, -1, 1e300]) t.deepEqual(remarks({ [name]: value }), []);
  t.deepEqual(remarks({ constructor: 'x', toString: 1 }), []);
});
