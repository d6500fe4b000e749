import { createRequire } from 'node:module';
import test from 'ava';
import opentracing from 'opentracing';
import { writeProcess, writeSpan } from '#shared/tracing/thrift/span-encoding.ts';
import { LIST, STRUCT, ThriftWriter } from '#shared/tracing/thrift/thrift-writer.ts';
import type { FinishedSpan } from '#shared/tracing/tracer/finished-span.ts';
import type { Tags } from '#shared/tracing/tracer/tag-pairs.ts';
import { decodeBatch, TAG_TYPE, type ThriftSpan } from '../../../../jaeger/thrift/jaeger-batch.ts';
import { decoded, tagValueOf } from '../../../helpers/decoded-thrift.ts';
import { createRandom } from '../../../helpers/random.ts';
import { loadRecordedCases } from '../../../jaeger/recorded.ts';
import { contextOf, finishedSpan, type Ids, referenceTo } from './finished-span.ts';

const NO_END = Number.POSITIVE_INFINITY;

function encode(spans: readonly FinishedSpan[], process: { service: string; tags: Tags }): Buffer {
  const writer = new ThriftWriter(16);
  writer.fieldHeader(STRUCT, 1);
  writeProcess(writer, process.service, process.tags, NO_END);
  writer.fieldHeader(LIST, 2);
  writer.listHeader(STRUCT, spans.length);
  for (const span of spans) writeSpan(writer, span, NO_END);
  writer.stop();
  return writer.bytes();
}

/** A random span as both encoders take it. */
function createRandomSpans(seed: number) {
  const random = createRandom(seed);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const many = <T>(most: number, make: () => T): T[] => Array.from({ length: random() * (most + 1) }, make);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const text = (): string =>
    pick('', 'x', 'users.get', 'Grüße 🎉', '\ud800 alone', 'long '.repeat(random() * 2000), hex(20), '\0\n"');
  const value = (): unknown =>
    pick<unknown>(
      text(),
      random() * 1e6,
      -random(),
      -0,
      Math.floor(random() * 2 ** 53),
      -Math.floor(random() * 2 ** 40),
      200,
      1e21,
      true,
      false,
      null,
      undefined,
      { a: [1, { b: text() }], c: null },
      [1, text(), undefined],
      new Date(1e12 + random() * 1e9),
      Buffer.from(text()),
      Symbol('s'),
    );
  const tags = (most: number): Record<string, unknown> =>
    Object.fromEntries(many(most, () => [pick('error', 'http.url', 'ключ', '', hex(4)), value()]));
  const timeMs = (): number => 1.7e12 + Math.floor(random() * 4e11) + Math.floor(random() * 1000) / 1000;
  const ids = (): Ids => ({
    traceId: pick('', '0000000000000000') === '' ? hex(32) : `0000000000000000${hex(16)}`,
    spanId: hex(16),
    parentId: pick(undefined, hex(16)),
    flags: pick(0, 1, 3, 11),
  });
  return () => ({
    ids: ids(),
    name: text().slice(0, 1000),
    references: many(3, () => ({
      type: pick('child_of', 'follows_from') as 'child_of' | 'follows_from',
      ids: ids(),
    })),
    startMs: timeMs(),
    durationUs: 1 + Math.floor(random() * 1e9),
    tags: tags(8),
    logs: many(3, () => ({ timeMs: timeMs(), fields: tags(4) })),
  });
}

type RandomSpan = ReturnType<ReturnType<typeof createRandomSpans>>;

function ours({ ids, name, references, startMs, durationUs, tags, logs }: RandomSpan): FinishedSpan {
  return finishedSpan({
    spanContext: contextOf(ids),
    operationName: name,
    references: references.map((reference) => referenceTo(reference.type, reference.ids)),
    startTimeMs: startMs,
    finishTimeMs: startMs + durationUs / 1000,
    tags: Object.entries(tags).flat(1),
    logs: logs.map(({ timeMs, fields }) => ({ timeMs, fields: Object.entries(fields).flat(1) })),
  });
}

const require = createRequire(import.meta.url);
const thrift = require('jaeger-client/dist/src/thrift.js').default;
const SpanContext = require('jaeger-client/dist/src/span_context.js').default;

/** The same span as jaeger-client has it. */
function theirs({ ids, name, references, startMs, durationUs, tags, logs }: RandomSpan): object {
  const context = ({ traceId, spanId, parentId, flags }: Ids): object =>
    SpanContext.withStringIds(traceId.replace(/^0{16}/, ''), spanId, parentId ?? null, flags ?? 1);
  const list = (given: object): object[] => Object.entries(given).map(([key, value]) => ({ key, value }));
  const types = {
    child_of: opentracing.REFERENCE_CHILD_OF,
    follows_from: opentracing.REFERENCE_FOLLOWS_FROM,
  };
  const span = thrift.spanToThrift({
    _spanContext: context(ids),
    _operationName: name,
    _references: references.map(
      ({ type, ids }) => new opentracing.Reference(types[type], context(ids) as opentracing.SpanContext),
    ),
    _startTime: Math.round(startMs * 1000) / 1000,
    _duration: durationUs / 1000,
    _tags: list(tags),
    _logs: logs.map(({ timeMs, fields }) => ({ timestamp: timeMs, fields: list(fields) })),
  });
  // It cuts fractions of microseconds off, where floating-point numbers have some that nobody meant.
  const microseconds = (ms: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(Math.round(ms * 1000)));
    return bytes;
  };
  return {
    ...span,
    startTime: microseconds(startMs),
    duration: microseconds(durationUs / 1000),
    logs: span.logs.map((log: object, i: number) => ({
      ...log,
      timestamp: microseconds(logs[i]?.timeMs ?? 0),
    })),
  };
}

/** The one difference that is meant: whole numbers are int64, where jaeger-client has doubles. */
function withIntegers(batch: ReturnType<typeof decoded>): ReturnType<typeof decoded> {
  const integer = <T extends { vType: number; value: unknown }>(tag: T): T =>
    Number.isSafeInteger(tag.value) && !Object.is(tag.value, -0)
      ? { ...tag, vType: TAG_TYPE.long, value: BigInt(tag.value as number) }
      : tag;
  return {
    ...batch,
    tags: batch.tags.map(integer),
    spans: batch.spans.map((span) => ({
      ...span,
      tags: span.tags.map(integer),
      logs: span.logs.map((log) => ({ ...log, fields: log.fields.map(integer) })),
    })),
  };
}

test("random spans say what they say in jaeger-client's own encoding", (t) => {
  for (let seed = 1; seed <= 20; seed++) {
    const next = createRandomSpans(seed);
    const spans = Array.from({ length: 25 }, next);
    const process = { service: 'users', tags: next().tags };
    const { err, value } = thrift._thrift.Batch.rw.toBuffer({
      process: {
        serviceName: process.service,
        tags: thrift.getThriftTags(Object.entries(process.tags).map(([key, value]) => ({ key, value }))),
      },
      spans: spans.map(theirs),
    });
    t.is(err, null);
    t.deepEqual(decoded(encode(spans.map(ours), process)), withIntegers(decoded(value)), `seed ${seed}`);
  }
});

/** What the recordings hold that this encoder would never send, or sends otherwise on purpose. */
const NOT_OURS: Readonly<Record<string, string>> = {
  'batch-extras': 'sequence numbers and client statistics',
  durations: 'durations below 1',
  'negative-duration-root': 'a negative duration',
  'start-times': 'times beyond 2^53 microseconds',
  'tag-double-not-finite': 'doubles that make Jaeger fail: they are sent as texts',
  'tag-odd-shapes': 'tags without a value',
  'duplicate-tag-keys': 'the same process tag twice',
  'jaeger-client-node': 'durations below 1',
  'blank-span': 'an operation without ids',
};

for (const { name, posts } of loadRecordedCases()) {
  if (name in NOT_OURS) continue;
  test(`the recorded case ${name} is written as it was recorded`, (t) => {
    for (const { body } of posts) {
      const { process, spans } = decodeBatch(body);
      const tags = Object.fromEntries(
        (process.tags ?? []).map((tag) => [tag.key as string, tagValueOf(tag)]),
      );
      const bytes = encode(spans.map(recordedSpan), { service: process.serviceName as string, tags });
      t.deepEqual(decoded(bytes), withIntegers(decoded(body)));
    }
  });
}

/** The recorded span as the tracer would hand it on. */
function recordedSpan(span: ThriftSpan): FinishedSpan {
  const hex = (id: bigint): string => BigInt.asUintN(64, id).toString(16).padStart(16, '0');
  const startTimeMs = Number(span.startTime) / 1000;
  return finishedSpan({
    operationName: span.operationName as string,
    spanContext: contextOf({
      traceId: hex(span.traceIdHigh) + hex(span.traceIdLow),
      spanId: hex(span.spanId),
      parentId: span.parentSpanId === 0n ? undefined : hex(span.parentSpanId),
      flags: span.flags,
    }),
    references: (span.references ?? []).map(({ refType, traceIdHigh, traceIdLow, spanId }) =>
      referenceTo(refType === 0 ? 'child_of' : 'follows_from', {
        traceId: hex(traceIdHigh) + hex(traceIdLow),
        spanId: hex(spanId),
      }),
    ),
    startTimeMs,
    finishTimeMs: startTimeMs + Number(span.duration) / 1000,
    tags: (span.tags ?? []).flatMap((tag) => [tag.key, tagValueOf(tag)]),
    logs: (span.logs ?? []).map(({ timestamp, fields }) => ({
      timeMs: Number(timestamp) / 1000,
      fields: fields.flatMap((tag) => [tag.key, tagValueOf(tag)]),
    })),
  });
}

function encodeOne(span: FinishedSpan) {
  const { spans } = decoded(encode([span], { service: 'users', tags: {} }));
  return spans[0] as NonNullable<(typeof spans)[0]>;
}

test('tags that spans share are written like their own', (t) => {
  const sharedTags = Object.freeze({ component: 'koa', count: 3, ok: true });
  const own = encodeOne(finishedSpan({ tags: ['component', 'koa', 'count', 3, 'ok', true, 'more', 1.5] }));
  for (let i = 0; i < 2; i++) t.deepEqual(encodeOne(finishedSpan({ sharedTags, tags: ['more', 1.5] })), own);
});

test('shared tags with objects in them are read anew for each span', (t) => {
  const inside = { version: 1 };
  const sharedTags = Object.freeze({ inside });
  encodeOne(finishedSpan({ sharedTags }));
  inside.version = 2;
  t.like(encodeOne(finishedSpan({ sharedTags })).tags[0], { value: '{"version":2}' });
});

test('a span lasts at least a microsecond, and a child within its parent stays there', (t) => {
  t.is(encodeOne(finishedSpan({ startTimeMs: 1.7e12, finishTimeMs: 1.7e12 })).duration, 1n);
  const end = ({ startTime, duration }: { startTime: bigint; duration: bigint }): bigint =>
    startTime + duration;
  const parent = encodeOne(finishedSpan({ startTimeMs: 1000.0004, finishTimeMs: 1000.0104 }));
  const child = encodeOne(finishedSpan({ startTimeMs: 1000.0006, finishTimeMs: 1000.0104 }));
  t.true(child.startTime >= parent.startTime && end(child) <= end(parent));
});

test('names that are none, or endless, are sent all the same', (t) => {
  t.is(encodeOne(finishedSpan({ operationName: undefined as never })).operationName, 'undefined');
  t.is(encodeOne(finishedSpan({ operationName: 'n'.repeat(5000) })).operationName, `${'n'.repeat(1023)}…`);
  t.is(encodeOne(finishedSpan({ tags: ['k'.repeat(5000), 1] })).tags[0]?.key, `${'k'.repeat(1023)}…`);
});

test('a span without room is cut: first the values, then the logs, then the tags', (t) => {
  const tags = Array.from({ length: 20 }, (_, i) => [`key ${i}`, 'v'.repeat(10_000)]).flat();
  const logs = Array.from({ length: 20 }, () => ({ timeMs: 1.7e12, fields: ['stack', 's'.repeat(5000)] }));
  const written = (end: number) => {
    const writer = new ThriftWriter();
    const fits = writeSpan(writer, finishedSpan({ tags, logs }), end);
    const batch = Buffer.concat([
      Buffer.from('0c00010b000100000000000f00020c00000001', 'hex'),
      writer.bytes(),
      Buffer.of(0),
    ]);
    const [span] = fits ? decoded(batch).spans : [];
    return {
      bytes: writer.length,
      tags: span?.tags.length,
      logs: span?.logs.length,
      longest: Math.max(...(span?.tags ?? []).map(({ value }) => String(value).length)),
      cut: span?.tags.find(({ key }) => key === 'tracing.cut')?.value,
    };
  };
  t.like(written(1_000_000), { tags: 20, logs: 20, longest: 10_000, cut: undefined });
  t.like(written(100_000), { tags: 21, logs: 20, longest: 2048, cut: 'values beyond 2048 characters' });
  t.like(written(10_000), { tags: 21, logs: 20, longest: 128, cut: 'values beyond 128 characters' });
  t.like(written(4500), { tags: 21, logs: 0, longest: 128, cut: 'logs, and values beyond 128 characters' });
  t.like(written(1000), { tags: 1, logs: 0, cut: 'tags and logs' });
  for (const end of [1_000_000, 100_000, 10_000, 4500, 1000]) t.true(written(end).bytes <= end);

  const writer = new ThriftWriter();
  t.false(writeSpan(writer, finishedSpan(), 50));
});
