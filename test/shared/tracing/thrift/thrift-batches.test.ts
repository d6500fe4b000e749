import test from 'ava';
import { AGENT_MESSAGE, BARE, type Framing } from '#shared/tracing/thrift/agent-message.ts';
import type { EncodedBatch } from '#shared/tracing/thrift/service-batch.ts';
import { writeSpan } from '#shared/tracing/thrift/span-encoding.ts';
import { ThriftBatches } from '#shared/tracing/thrift/thrift-batches.ts';
import type { FinishedSpan } from '#shared/tracing/tracer/finished-span.ts';
import { decoded } from '../../../helpers/decoded-thrift.ts';
import { until } from '../../../helpers/until.ts';
import { finishedSpan } from './finished-span.ts';

interface Given {
  maxBatchBytes?: number;
  flushIntervalMs?: number;
  framing?: Framing;
  processTags?: Record<string, unknown>;
}

function createBatches({ processTags = {}, ...given }: Given = {}) {
  const sent: EncodedBatch[] = [];
  const batches = new ThriftBatches<FinishedSpan>(
    { send: (batch) => sent.push(batch) },
    {
      writeSpan,
      processTags: () => processTags,
      framing: BARE,
      maxBatchBytes: 1_000_000,
      flushIntervalMs: 60_000,
      ...given,
    },
  );
  return { batches, sent };
}

const names = (sent: readonly EncodedBatch[]): unknown[][] =>
  sent.map(({ bytes }) => decoded(bytes).spans.map(({ operationName }) => operationName));

test('each service has batches of its own, with its name and the tags of the process', (t) => {
  const { batches, sent } = createBatches({ processTags: { hostname: 'h' } });
  batches.record(finishedSpan({ service: 'users', operationName: 'a' }));
  batches.record(finishedSpan({ service: 'hello', operationName: 'b' }));
  batches.record(finishedSpan({ service: 'users', operationName: 'c' }));
  t.like(batches.waiting, { spans: 3 });
  t.true(batches.waiting.bytes > 100);
  batches.flush();
  t.deepEqual(names(sent), [['a', 'c'], ['b']]);
  t.deepEqual(
    sent.map(({ bytes, spans }) => [decoded(bytes).serviceName, decoded(bytes).tags[0]?.value, spans]),
    [
      ['users', 'h', 2],
      ['hello', 'h', 1],
    ],
  );
  t.deepEqual(batches.waiting, { spans: 0, bytes: 0 });
  batches.flush();
  t.is(sent.length, 2);
});

test('a batch is never longer than it may be, and no span is lost over it', (t) => {
  for (const framing of [BARE, AGENT_MESSAGE]) {
    const maxBatchBytes = 5000;
    const { batches, sent } = createBatches({ maxBatchBytes, framing });
    for (let i = 0; i < 200; i++)
      batches.record(finishedSpan({ operationName: `${i}`, tags: ['text', 'x'.repeat((i * 37) % 6000)] }));
    batches.flush();
    t.true(sent.every(({ bytes }) => bytes.length <= maxBatchBytes));
    t.true(sent.length < 150, 'small spans share a batch');
    const head = framing === BARE ? 0 : 24;
    t.deepEqual(
      sent.flatMap(({ bytes }) => decoded(bytes.subarray(head)).spans.map((span) => span.operationName)),
      Array.from({ length: 200 }, (_, i) => `${i}`),
    );
    t.is(
      sent.reduce((sum, { spans }) => sum + spans, 0),
      200,
    );
  }
});

test('over UDP a batch is the argument of a one-way call of emitBatch', (t) => {
  const { batches, sent } = createBatches({ framing: AGENT_MESSAGE });
  batches.record(finishedSpan());
  batches.flush();
  const { bytes } = sent[0] as EncodedBatch;
  const head = Buffer.concat([
    Buffer.from([0x80, 1, 0, 4, 0, 0, 0, 9]),
    Buffer.from('emitBatch'),
    Buffer.from([0, 0, 0, 0, 12, 0, 1]),
  ]);
  t.deepEqual(Buffer.from(bytes.subarray(0, head.length)), head);
  t.is(decoded(bytes.subarray(head.length)).spans.length, 1);
  t.is(bytes.at(-1), 0);
  t.is(bytes.at(-2), 0);
});

test('a batch goes out when it is old enough', async (t) => {
  const { batches, sent } = createBatches({ flushIntervalMs: 20 });
  batches.record(finishedSpan());
  t.is(sent.length, 0);
  await until(() => sent.length === 1);
  batches.record(finishedSpan());
  await until(() => sent.length === 2);
});

test('a span that cannot be written is counted, and the others are not lost with it', (t) => {
  const { batches, sent } = createBatches();
  const hostile = new Proxy(finishedSpan(), {
    get(span, name) {
      if (name === 'logs') throw new Error('no logs');
      return Reflect.get(span, name);
    },
  });
  batches.record(finishedSpan({ operationName: 'before' }));
  t.notThrows(() => batches.record(hostile));
  batches.record(finishedSpan({ operationName: 'after' }));
  batches.flush();
  t.deepEqual(names(sent), [['before', 'after']]);
  t.is(batches.lost, 1);
});

test('spans that end while the values of another are read come behind it', (t) => {
  const { batches, sent } = createBatches();
  const ends = (given: Partial<FinishedSpan>) => ({ toJSON: () => batches.record(finishedSpan(given)) });
  const inner = { operationName: 'inner', tags: ['value', ends({ operationName: 'innermost' })] };
  const flushes = { toJSON: () => batches.flush() };
  const tags = ['a', ends(inner), 'b', ends({ service: 'hello', operationName: 'other' }), 'c', flushes];
  batches.record(finishedSpan({ operationName: 'before' }));
  batches.record(finishedSpan({ operationName: 'outer', tags }));
  batches.record(finishedSpan({ operationName: 'after' }));
  batches.flush();
  t.deepEqual(names(sent), [['other'], ['before', 'outer', 'innermost', 'inner', 'after']]);
  t.deepEqual(
    sent.map(({ spans }) => spans),
    [1, 5],
  );
  t.is(batches.lost, 0);
  t.deepEqual(batches.waiting, { spans: 0, bytes: 0 });
});

test('a process with more tags than fit still sends its spans', (t) => {
  const processTags = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, 'v'.repeat(5000)]));
  const { batches, sent } = createBatches({ processTags, maxBatchBytes: 65_000 });
  batches.record(finishedSpan());
  batches.flush();
  const { bytes } = sent[0] as EncodedBatch;
  t.true(bytes.length < 20_000);
  t.is(decoded(bytes).spans.length, 1);
});

test('the memory of a large batch is given back', (t) => {
  const allocated: number[] = [];
  const { allocUnsafeSlow } = Buffer;
  Buffer.allocUnsafeSlow = (bytes) => {
    allocated.push(bytes);
    return allocUnsafeSlow(bytes);
  };
  t.teardown(() => {
    Buffer.allocUnsafeSlow = allocUnsafeSlow;
  });
  const { batches } = createBatches();
  for (let i = 0; i < 10; i++) batches.record(finishedSpan({ tags: ['text', 'x'.repeat(60_000)] }));
  batches.flush();
  batches.record(finishedSpan());
  batches.flush();
  t.true(Math.max(...allocated) > 500_000);
  t.true((allocated.at(-1) ?? 0) < 10_000, `the buffer was replaced by one of ${allocated.at(-1)} bytes`);
});
