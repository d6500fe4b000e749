import test from 'ava';
import { spansFromThrift } from '../../../jaeger/receive/spans-from-thrift.ts';
import { TraceStore } from '../../../jaeger/store/trace-store.ts';
import { batchOf, type SpanWords } from '../spans.ts';

const batch = (traceId: bigint, ...spans: SpanWords[]) => spansFromThrift(batchOf(traceId, 'shop', spans));
const idOf = (traceId: bigint) => traceId.toString(16).padStart(32, '0');

test('a trace grows with each batch that brings spans of it', (t) => {
  const store = new TraceStore();
  store.add(batch(1n, { id: 1, operation: 'a' }));
  store.add(batch(1n, { id: 2, operation: 'b' }));
  t.deepEqual(
    store.get(idOf(1n))?.map(({ spans }) => spans.map(({ name }) => name)),
    [['a'], ['b']],
  );
  t.is(store.get(idOf(2n)), undefined);
});

test('the oldest trace goes when there are too many, however often it grew', (t) => {
  const store = new TraceStore({ maxTraces: 2 });
  store.add(batch(1n, { id: 1, operation: 'a' }, { id: 2, operation: 'a' }));
  store.add(batch(2n, { id: 1, operation: 'b' }));
  store.add(batch(1n, { id: 3, operation: 'a' }));
  store.add(batch(3n, { id: 1, operation: 'c' }));
  t.deepEqual(
    store.latest(10).map(([traceId]) => traceId),
    [idOf(3n), idOf(2n)],
  );
  t.like(store.stats(), { traces: 2, spans: 2, evictedTraces: 1, evictedSpans: 3 });
});

test('the oldest traces go until the rest fits', (t) => {
  const store = new TraceStore({ maxBytes: 1_000_000 });
  for (let traceId = 1n; traceId <= 200n; traceId++)
    store.add(batch(traceId, { id: 1, operation: 'big', tags: { big: 'x'.repeat(20_000) } }));
  const { traces, bytes, evictedTraces } = store.stats();
  t.true(bytes <= 1_000_000 && bytes > 900_000, `${bytes} bytes`);
  t.is(traces + evictedTraces, 200);
  t.is(store.latest(1)[0]?.[0], idOf(200n));
});

test('a trace that fits on no account leaves nothing behind', (t) => {
  const store = new TraceStore({ maxBytes: 1000 });
  store.add(batch(1n, { id: 1, operation: 'x'.repeat(2000) }));
  t.deepEqual(store.stats(), { traces: 0, spans: 0, bytes: 0, evictedTraces: 1, evictedSpans: 1 });
});

test('the latest are listed newest first', (t) => {
  const store = new TraceStore();
  for (let traceId = 1n; traceId <= 5n; traceId++) store.add(batch(traceId, { id: 1, operation: 'a' }));
  t.deepEqual(
    store.latest(2).map(([traceId]) => traceId),
    [idOf(5n), idOf(4n)],
  );
});
