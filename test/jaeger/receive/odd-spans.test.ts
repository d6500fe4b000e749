/** What no recorded case holds; each was compared with a real Jaeger once. */
import test from 'ava';
import { traceToJson } from '../../../jaeger/query/trace-to-json.ts';
import { repair } from '../../../jaeger/receive/repair.ts';
import { spansFromThrift } from '../../../jaeger/receive/spans-from-thrift.ts';
import type { ThriftProcess, ThriftSpan } from '../../../jaeger/thrift/jaeger-batch.ts';
import type { TagJson } from '../../../jaeger/tree/trace-json.ts';
import { batchOf } from '../spans.ts';
import { tag } from '../thrift-writer.ts';

const NOT_UTF8 = new Uint8Array([0x61, 0xff]);
const base64 = (...parts: (string | Uint8Array)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64');

/** What the API answers for spans like these; what is left out is ordinary. */
function traceOf(process: Partial<ThriftProcess>, ...spans: Partial<ThriftSpan>[]) {
  const [ordinary] = batchOf(1n, 'shop', [{ id: 1, operation: 'op' }]).spans;
  const batch = spansFromThrift({
    process: { serviceName: 'shop', ...process },
    spans: spans.map((span, index) => ({ ...(ordinary as ThriftSpan), spanId: BigInt(index + 1), ...span })),
  });
  repair(batch);
  return traceToJson([batch]);
}

const tagsOf = (...tags: ThriftSpan['tags'] & object) => traceOf({}, { tags }).spans[0]?.tags;
const hasFailed = (...tags: ThriftSpan['tags'] & object) =>
  tagsOf(...tags)?.some(({ key }) => key === 'error');

test('which HTTP statuses are errors, at the edges', (t) => {
  for (const [status, expected] of [
    [398, false],
    [399, true],
    [99, true],
    ['+404', true],
    ['-1', true],
    ['4 04', false],
    ['99999999999999999999', false],
  ] as const)
    t.is(hasFailed(tag('http.status_code', status)), expected, `${status}`);
});

test('a status says what it was said to be, whatever type its message has', (t) => {
  const text = (key: string, value: string): TagJson => ({ key, type: 'string', value });
  t.deepEqual(tagsOf(tag('error', true), tag('otel.status_description', 7), tag('q', 'x')), [
    text('q', 'x'),
    text('otel.status_code', 'ERROR'),
    { key: 'error', type: 'bool', value: true },
  ]);
  t.deepEqual(tagsOf(tag('otel.status_description', 'alone')), [text('otel.status_description', 'alone')]);
});

test('names, keys and values that are not UTF-8 are kept as bytes', (t) => {
  const { spans, processes } = traceOf(
    { serviceName: NOT_UTF8, tags: [{ key: 'p', vType: 0, vStr: NOT_UTF8 }] },
    {
      operationName: NOT_UTF8,
      tags: [
        { key: NOT_UTF8, vType: 3, vLong: 5n },
        { key: 'k', vType: 0, vStr: NOT_UTF8 },
      ],
    },
  );
  t.is(spans[0]?.operationName, 'invalid-span-name');
  t.deepEqual(spans[0]?.tags, [
    { key: 'invalid-span-name', type: 'binary', value: base64(NOT_UTF8) },
    { key: 'invalid-tag-key-1', type: 'binary', value: base64(NOT_UTF8, ':5') },
    { key: 'k', type: 'binary', value: base64(NOT_UTF8) },
  ]);
  t.deepEqual(processes['p1'], {
    serviceName: '',
    tags: [{ key: 'p', type: 'binary', value: base64(NOT_UTF8) }],
  });
});

for (const [given, shown] of [
  [5, 'service-name-wrong-type'],
  ['', 'empty-service-name'],
  ['renamed', 'renamed'],
] as const) {
  test(`a service.name tag of ${JSON.stringify(given)} shows as ${shown}`, (t) => {
    const { processes } = traceOf({ tags: [tag('service.name', given)] }, {});
    t.is(processes['p1']?.serviceName, shown);
  });
}

test("a client's own tag where Jaeger keeps warnings becomes the first of them", (t) => {
  for (const [value, text] of [
    [5, '5'],
    [true, 'true'],
    ['', ''],
  ] as const) {
    const [span] = traceOf({}, { tags: [tag('@jaeger@warnings', value)], duration: 0n }).spans;
    t.is(span?.warnings?.[0], text);
    t.is(span?.warnings?.length, 2);
  }
});

// Jaeger knows one new id for each old one, the last: so the first server hangs under the second.
test('several servers that share the id of their client get one each', (t) => {
  const kind = (value: string) => [tag('span.kind', value)];
  const ids = traceOf(
    {},
    { spanId: 5n, tags: kind('client') },
    { spanId: 5n, tags: kind('server') },
    { spanId: 5n, tags: kind('server') },
    { spanId: 1n, parentSpanId: 5n },
  ).spans.map(({ spanID, references }) => [spanID.at(-1), references[0]?.spanID.at(-1)]);
  t.deepEqual(ids, [
    ['5', undefined],
    ['2', '3'],
    ['3', '5'],
    ['1', '3'],
  ]);
});

test('times that leave 64 bits wrap and stop where they do in Jaeger', (t) => {
  const limit = 2n ** 63n;
  const times = traceOf(
    {},
    { startTime: limit - 1n, duration: 5n },
    { startTime: -9_223_372_036_854_775n, duration: 2n * 9_223_372_036_854_775n },
  ).spans.map(({ startTime, duration }) => [startTime, duration]);
  t.deepEqual(times, [
    [18_446_744_073_709_551_615n, 5],
    [18_437_520_701_672_696_841n, 9_223_372_036_854_775n],
  ]);
});
