import test from 'ava';
import opentracing, { type Span } from 'opentracing';
import { DiscardedSpan } from '#shared/tracing/tracer/discarded-span.ts';
import type { FinishedSpan } from '#shared/tracing/tracer/finished-span.ts';
import type { JaegerTracer } from '#shared/tracing/tracer/tracer.ts';
import { collectGarbage } from '../../../helpers/garbage.ts';
import { createRecordingTracer } from './recording-tracer.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TEXT = `${TRACE_ID}:b7ad6b7169203331:0:0`;

const startIn = (tracer: JaegerTracer, text: string) =>
  tracer.startSpan('server', { childOf: tracer.contextFromText(text) });

const parents = (spans: readonly FinishedSpan[]) =>
  spans.map(({ operationName, spanContext }) => {
    const parent = spans.find((span) => span.spanContext.spanId === spanContext.parentId);
    return `${parent?.operationName ?? spanContext.parentId} > ${operationName}`;
  });

test('a hop that says it is not sampled is carried on as it came', (t) => {
  const { tracer, recorded } = createRecordingTracer();
  const server = startIn(tracer, TEXT);
  t.true(server instanceof DiscardedSpan);
  const inner = tracer.startSpan('inner', { childOf: server });
  t.is(tracer.contextText(server), TEXT);
  t.is(tracer.contextText(inner), TEXT);
  inner.setTag('a', 1).addTags({ b: 2 }).log({ event: 'c' }).finish();
  server.finish();
  t.deepEqual(recorded, []);
});

test('who asks for its ids gets its own, in the trace that it came from, and they are carried on', (t) => {
  const { tracer } = createRecordingTracer();
  const server = startIn(tracer, TEXT);
  const context = server.context();
  t.is(context.toTraceId(), TRACE_ID);
  t.not(context.toSpanId(), 'b7ad6b7169203331');
  t.is(server.context().toSpanId(), context.toSpanId());
  t.is(tracer.contextText(server), `${TRACE_ID}:${context.toSpanId()}:0:0`);
  const carrier: Record<string, string> = {};
  tracer.inject(server, opentracing.FORMAT_HTTP_HEADERS, carrier);
  t.is(carrier['uber-trace-id'], `${TRACE_ID}:${context.toSpanId()}:b7ad6b7169203331:0`);
});

test('it stays in its trace where its options are used again for another', (t) => {
  const { tracer } = createRecordingTracer();
  const other = `${'1'.repeat(32)}:b7ad6b7169203331:0:0`;
  const options = { childOf: tracer.contextFromText(TEXT) };
  const span = tracer.startSpan('first', options);
  options.childOf = tracer.contextFromText(other);
  t.is(tracer.startSpan('second', options).context().toTraceId(), '1'.repeat(32));
  t.is(span.context().toTraceId(), TRACE_ID);
});

test('it has the baggage that its parent had when it began', (t) => {
  const { tracer } = createRecordingTracer();
  const server = startIn(tracer, TEXT).setBaggageItem('a', 'early');
  const child = tracer.startSpan('child', { childOf: server });
  const grandchild = tracer.startSpan('grandchild', { childOf: child });
  server.setBaggageItem('a', 'late').setBaggageItem('b', 'late');
  child.setBaggageItem('b', 'late');
  const carrier: Record<string, string> = {};
  tracer.inject(grandchild, opentracing.FORMAT_TEXT_MAP, carrier);
  t.deepEqual(Object.keys(carrier), ['uber-trace-id', 'uberctx-a']);
  t.is(carrier['uberctx-a'], 'early');
  t.is(child.getBaggageItem('a'), 'early');
});

test('only what is wholly right is taken as it came', (t) => {
  const { tracer } = createRecordingTracer();
  for (const text of [
    `${'0'.repeat(32)}:b7ad6b7169203331:0:0`,
    `${TRACE_ID}:${'0'.repeat(16)}:0:0`,
    `${TRACE_ID}:b7ad6b716920333x:0:0`,
    `${TRACE_ID};b7ad6b7169203331:0:0`,
  ])
    t.is(tracer.contextFromText(text), undefined, text);
});

test('a hop that says it is sampled is recorded', (t) => {
  const { tracer, recorded } = createRecordingTracer();
  const server = startIn(tracer, `${TRACE_ID}:b7ad6b7169203331:0:1`);
  t.false(server instanceof DiscardedSpan);
  server.finish();
  t.deepEqual(parents(recorded), ['b7ad6b7169203331 > server']);
});

for (const [title, text] of [
  ['two digits of flags', `${TEXT}0`],
  ['capital letters', TEXT.toUpperCase()],
  ['a parent', `${TRACE_ID}:b7ad6b7169203331:00f067aa0ba902b7:0`],
  ['encoded colons', encodeURIComponent(TEXT)],
] as const)
  test(`a context with ${title} that is not sampled is carried on in the form of a hop`, (t) => {
    const { tracer, recorded } = createRecordingTracer();
    const server = startIn(tracer, text);
    t.true(server instanceof DiscardedSpan);
    t.is(tracer.contextText(server), TEXT);
    server.finish();
    t.deepEqual(recorded, []);
  });

test('baggage reaches what begins later, in this process and the next', (t) => {
  const { tracer } = createRecordingTracer();
  const server = startIn(tracer, TEXT);
  const early = tracer.startSpan('early', { childOf: server });
  server.setBaggageItem('tenant', 'north');
  t.is(server.getBaggageItem('tenant'), 'north');
  t.is(early.getBaggageItem('tenant'), undefined);
  const late = tracer.startSpan('late', { childOf: server });
  t.is(late.getBaggageItem('tenant'), 'north');
  t.is(tracer.contextText(late), undefined);
  const carrier: Record<string, string> = {};
  tracer.inject(late, opentracing.FORMAT_TEXT_MAP, carrier);
  t.is(carrier['uberctx-tenant'], 'north');
  server.finish();
  t.is(server.getBaggageItem('tenant'), 'north');
});

test('whoever raises the priority has all that is under way recorded, from its beginning, in its place', (t) => {
  const { tracer, recorded } = createRecordingTracer();
  const before = Date.now();
  const server = startIn(tracer, TEXT);
  const over = tracer.startSpan('over', { childOf: server });
  over.finish();
  const outer = tracer.startSpan('outer', { childOf: server, tags: Object.freeze({ kept: true }) });
  const inner = tracer.startSpan('inner', { childOf: outer });
  outer.setTag('too early', 1);
  inner.setTag('sampling.priority', 1);
  outer.setOperationName('outermost').setTag('in time', 1);
  t.like(outer, { operationName: 'outermost' });
  tracer.startSpan('in what is over', { childOf: over }).finish();
  for (const span of [inner, outer, server, over]) span.finish();
  t.deepEqual(parents(recorded).toSorted(), [
    'b7ad6b7169203331 > in what is over',
    'b7ad6b7169203331 > server',
    'outermost > inner',
    'server > outermost',
  ]);
  t.true(recorded.every(({ startTimeMs }) => startTimeMs >= before));
  const found = recorded.find(({ operationName }) => operationName === 'outermost');
  t.deepEqual([found?.sharedTags, found?.tags], [{ kept: true }, ['in time', 1]]);
});

test('a span that begins with the priority raised is recorded', (t) => {
  const { tracer, recorded } = createRecordingTracer();
  const childOf = tracer.contextFromText(TEXT) as opentracing.SpanContext;
  tracer.startSpan('raised', { childOf, tags: { 'sampling.priority': 1 } }).finish();
  t.deepEqual(parents(recorded), ['b7ad6b7169203331 > raised']);
});

test('events follow from a discarded producer and are discarded, too', (t) => {
  const { tracer, recorded } = createRecordingTracer();
  const producer = tracer.contextFromText(TEXT) as opentracing.SpanContext;
  const consumer = tracer.startSpan('consumer', { references: [opentracing.followsFrom(producer)] });
  t.true(consumer instanceof DiscardedSpan);
  consumer.setTag('sampling.priority', 1).finish();
  t.deepEqual(
    recorded[0]?.references.map(({ type, context }) => [type, context.spanId]),
    [['follows_from', 'b7ad6b7169203331']],
  );
});

test('spans that begin in each other for ever hold none of those before them in memory', async (t) => {
  const { tracer } = createRecordingTracer();
  const beginChain = (length: number): { last: Span; first: WeakRef<Span> } => {
    let last: Span = startIn(tracer, TEXT);
    const first = new WeakRef(last);
    for (let n = 0; n < length; n++) {
      const next = tracer.startSpan('next', { childOf: last });
      last.finish();
      last = next;
    }
    return { last, first };
  };
  const { last, first } = beginChain(10);
  await new Promise(setImmediate); // a WeakRef holds on until the end of the turn in which it was made
  collectGarbage();
  t.is(first.deref(), undefined);
  t.is(last.context().toTraceId(), TRACE_ID);
});
