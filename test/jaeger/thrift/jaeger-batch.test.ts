import test from 'ava';
import { decodeBatch } from '../../../jaeger/thrift/jaeger-batch.ts';
import { ThriftError } from '../../../jaeger/thrift/thrift-error.ts';
import { batchOf } from '../spans.ts';
import { i32, i64, list, string, struct, writeBatch } from '../thrift-writer.ts';

const batch = batchOf(0x11_0000000000000022n, 'shop', [
  {
    id: 1,
    operation: 'buy',
    tags: { text: 'ü', yes: true, count: 7, ratio: 0.5 },
    logs: [{ atUs: 5, fields: { event: 'paid' } }],
  },
  { id: 2, followsFrom: 1, operation: 'ship' },
]);

test('a batch is read as it was written', (t) => {
  t.deepEqual(decodeBatch(writeBatch(batch)), batch);
});

test('what follows the batch is ignored, and so are fields that nobody knows', (t) => {
  const process = struct([1, 11, string('shop')], [99, 12, struct([1, 15, list(10, [i64(1n)])])]);
  const bytes = struct([1, 12, process], [2, 15, list(12, [])], [3, 10, i64(3n)], [77, 8, i32(1)]);
  t.deepEqual(decodeBatch(Buffer.concat([bytes, Buffer.from('more')])), {
    process: { serviceName: 'shop' },
    spans: [],
    seqNo: 3n,
  });
});

test('a required field that is missing is named, with the place where it is', (t) => {
  const process: [number, number, Buffer] = [1, 12, struct([1, 11, string('shop')])];
  for (const [bytes, message] of [
    [struct(), /^Batch without its required process, at byte 1$/],
    [struct(process), /^Batch without its required spans/],
    [struct([1, 12, struct()]), /^Process without its required serviceName, at byte 4 in process$/],
    [struct([1, 8, i32(1)]), /^Batch without its required process/], // of another type: as good as missing
    [
      struct(process, [2, 15, list(12, [struct()])]),
      /^Span without its required traceIdLow.* in spans\[0\]$/,
    ],
    [struct(process, [4, 12, struct()]), /^ClientStats without its required fullQueueDroppedSpans/],
  ] as const)
    t.throws(() => decodeBatch(bytes), { instanceOf: ThriftError, message });
});

test('of a field that comes twice the last one counts', (t) => {
  const bytes = struct(
    [1, 12, struct([1, 11, string('first')])],
    [1, 12, struct([1, 11, string('second')])],
    [2, 15, list(12, [])],
  );
  t.is(decodeBatch(bytes).process.serviceName, 'second');
});
