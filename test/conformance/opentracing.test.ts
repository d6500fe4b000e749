/** One suite over all tracers: OpenTracing's API as jaeger-client has it. */
import test from 'ava';
import opentracing, { type Span } from 'opentracing';
import { createTracer, type SeenSpan, TRACERS } from './tracers.ts';

const { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } = opentracing;

const padded = (id: string, digits: number): string => id.padStart(digits, '0');
const idsOf = (span: Span) => ({
  traceId: padded(span.context().toTraceId(), 32),
  spanId: padded(span.context().toSpanId(), 16),
});
const byName = (spans: readonly SeenSpan[], name: string): SeenSpan => {
  const found = spans.find(({ operation }) => operation === name);
  if (found === undefined)
    throw new Error(`no span ${name} among ${spans.map(({ operation }) => operation)}`);
  return found;
};

for (const name of TRACERS) {
  test(`${name}: a root begins a trace with a 128-bit id, its children stay in it`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const root = tracer.startSpan('root');
    const bySpan = tracer.startSpan('by span', { childOf: root });
    const byContext = tracer.startSpan('by context', { childOf: bySpan.context() });
    const other = tracer.startSpan('other');
    for (const span of [byContext, bySpan, root, other]) span.finish();
    const spans = await arrived();
    t.is(spans.length, 4);
    t.regex(idsOf(root).traceId, /^(?!0{16})[0-9a-f]{32}$/);
    t.not(idsOf(other).traceId, idsOf(root).traceId);
    t.like(byName(spans, 'root'), { ...idsOf(root), parentId: undefined });
    t.like(byName(spans, 'by span'), { ...idsOf(bySpan), parentId: idsOf(root).spanId });
    t.like(byName(spans, 'by context'), { traceId: idsOf(root).traceId, parentId: idsOf(bySpan).spanId });
  });

  test(`${name}: references choose the parent, CHILD_OF before FOLLOWS_FROM, and are sent`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const a = tracer.startSpan('a');
    const b = tracer.startSpan('b');
    const follows = opentracing.followsFrom(a.context());
    const childOf = opentracing.childOf(b.context());
    tracer.startSpan('follows', { references: [follows] }).finish();
    tracer.startSpan('both', { references: [follows, childOf] }).finish();
    tracer.startSpan('given', { childOf: a, references: [childOf] }).finish();
    a.finish();
    b.finish();
    const spans = await arrived();
    const toA = { type: 'follows_from', ...idsOf(a) };
    const toB = { type: 'child_of', ...idsOf(b) };
    t.like(byName(spans, 'follows'), { traceId: idsOf(a).traceId, parentId: idsOf(a).spanId });
    t.deepEqual(byName(spans, 'follows').references, [toA] as never);
    t.like(byName(spans, 'both'), { traceId: idsOf(b).traceId, parentId: idsOf(b).spanId });
    t.deepEqual(byName(spans, 'both').references, [toA, toB] as never);
    t.like(byName(spans, 'given'), { traceId: idsOf(a).traceId, parentId: idsOf(a).spanId });
    t.deepEqual(byName(spans, 'given').references, [toB] as never);
  });

  test(`${name}: tags and logs arrive as they were set, the last value of a tag counts`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const span = tracer.startSpan('tagged', { tags: Object.freeze({ 'span.kind': 'server', changed: 'a' }) });
    t.is(span.setTag('number', 7), span);
    t.is(span.addTags({ text: 'ü', yes: true, changed: 'b', object: { a: [1] } }), span);
    t.is(span.log({ event: 'x', size: 3 }, 1_700_000_000_000.5), span);
    const fields: Record<string, unknown> = { event: 'y' };
    span.log(fields);
    fields['event'] = 'changed too late';
    span.logEvent('z', { payload: 1 });
    t.like(span, { operationName: 'tagged' });
    t.is(span.setOperationName('renamed'), span);
    t.like(span, { operationName: 'renamed' });
    span.finish();
    const [seen] = await arrived();
    t.like(seen, { operation: 'renamed' });
    t.like(seen?.tags, {
      'span.kind': 'server',
      number: 7,
      text: 'ü',
      yes: true,
      changed: 'b',
      object: '{"a":[1]}',
    });
    t.deepEqual(
      seen?.logs.map((log) => log.fields),
      [{ event: 'x', size: 3 }, { event: 'y' }, { event: 'z', payload: '{"payload":1}' }],
    );
    t.is(seen?.logs[0]?.timeUs, 1_700_000_000_000_500);
  });

  test(`${name}: a root says which sampler kept it`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const root = tracer.startSpan('root');
    tracer.startSpan('child', { childOf: root }).finish();
    root.finish();
    const spans = await arrived();
    t.like(byName(spans, 'root').tags, { 'sampler.type': 'const', 'sampler.param': true });
    t.false('sampler.type' in byName(spans, 'child').tags);
  });

  test(`${name}: times that are given are taken, and a span finishes once`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const span = tracer.startSpan('timed', { startTime: 1_700_000_000_000.25 });
    span.finish(1_700_000_000_010.75);
    span.finish(1_700_000_099_999);
    span.finish();
    const spans = await arrived();
    t.is(spans.length, 1);
    t.like(spans[0], { startUs: 1_700_000_000_000_250, durationUs: 10_500 });
  });

  test(`${name}: times are taken as dates and in digits, too`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const startTime = new Date(1_700_000_000_000) as never;
    tracer.startSpan('dated', { startTime }).finish(new Date(1_700_000_000_010) as never);
    tracer.startSpan('told', { startTime: '1700000000000' as never }).finish('1700000000010.5' as never);
    const spans = await arrived();
    t.like(byName(spans, 'dated'), { startUs: 1_700_000_000_000_000, durationUs: 10_000 });
    t.like(byName(spans, 'told'), { startUs: 1_700_000_000_000_000, durationUs: 10_500 });
  });

  test(`${name}: times that are not given are the clock's`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const before = Date.now();
    const span = tracer.startSpan('now');
    span.finish();
    const [seen] = await arrived();
    t.true((seen?.startUs ?? 0) >= before * 1000 && (seen?.startUs ?? 0) <= (Date.now() + 1) * 1000);
  });

  test(`${name}: baggage reaches every later hop, and is logged where it is set`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const root = tracer.startSpan('root');
    const early = tracer.startSpan('early', { childOf: root });
    t.is(root.setBaggageItem('User_Id', 'ä 7%'), root);
    const child = tracer.startSpan('child', { childOf: root });
    t.is(root.getBaggageItem('user-id'), 'ä 7%');
    t.is(child.getBaggageItem('User_Id'), 'ä 7%');
    t.is(early.getBaggageItem('user-id'), undefined);
    t.is(child.getBaggageItem('constructor'), undefined as never);
    for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
      const carrier: Record<string, string> = {};
      tracer.inject(child, format, carrier);
      t.is(carrier['uberctx-user-id'], format === FORMAT_TEXT_MAP ? 'ä 7%' : '%C3%A4%207%25');
      const remote = tracer.startSpan('remote', { childOf: tracer.extract(format, carrier) ?? undefined });
      t.is(remote.getBaggageItem('user-id'), 'ä 7%');
    }
    root.setBaggageItem('user-id', 'x'.repeat(3000));
    t.is(root.getBaggageItem('user-id')?.length, 2048);
    root.finish();
    const [seen] = await arrived();
    t.like(seen?.logs[0]?.fields, { event: 'baggage', key: 'user-id', value: 'ä 7%' });
    t.like(seen?.logs[1]?.fields, { event: 'baggage', override: 'true', truncated: 'true' });
  });

  test(`${name}: a context goes through text maps and headers and comes back the same`, async (t) => {
    const { tracer } = await createTracer(t, name);
    const root = tracer.startSpan('root');
    const child = tracer.startSpan('child', { childOf: root });
    for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
      for (const given of [child, child.context()]) {
        const carrier: Record<string, string> = { kept: 'as it is' };
        tracer.inject(given, format, carrier);
        t.deepEqual(Object.keys(carrier), ['kept', 'uber-trace-id']);
        const [traceId = '', spanId = '', parentId = '', flags = ''] =
          carrier['uber-trace-id']?.split(':') ?? [];
        t.deepEqual({ traceId: padded(traceId, 32), spanId: padded(spanId, 16) }, idsOf(child));
        t.is(padded(parentId, 16), idsOf(root).spanId);
        t.is(flags, '1');
        const context = tracer.extract(format, { 'Uber-Trace-Id': carrier['uber-trace-id'] });
        t.is(padded(context?.toTraceId() ?? '', 32), idsOf(child).traceId);
        t.is(padded(context?.toSpanId() ?? '', 16), idsOf(child).spanId);
      }
    }
  });

  test(`${name}: a 64-bit trace stays one, an unsampled one unsampled`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    for (const [flags, sampled] of [
      ['1', true],
      ['0', false],
      ['3', true],
    ] as const) {
      const context = tracer.extract(FORMAT_TEXT_MAP, {
        'uber-trace-id': `a1b2c3d4e5f60718:1234567890abcdef:0:${flags}`,
      });
      const span = tracer.startSpan(`flags ${flags}`, { childOf: context ?? undefined, tags: { a: 1 } });
      const carrier: Record<string, string> = {};
      tracer.inject(span, FORMAT_TEXT_MAP, carrier);
      t.regex(
        carrier['uber-trace-id'] ?? '',
        new RegExp(`^a1b2c3d4e5f60718:[0-9a-f]+:1234567890abcdef:${flags}$`),
      );
      span.finish();
      t.is((span.context() as { isSampled?(): boolean }).isSampled?.(), sampled);
    }
    const spans = await arrived();
    t.deepEqual(
      spans.map(({ operation }) => operation),
      ['flags 1', 'flags 3'],
    );
    t.like(spans[0], { traceId: '0000000000000000a1b2c3d4e5f60718', parentId: '1234567890abcdef' });
  });

  test(`${name}: sampling.priority keeps a trace that the sampler dropped, and drops one that it kept`, async (t) => {
    const kept = await createTracer(t, name, { type: 'const', param: 0 });
    const span = kept.tracer.startSpan('kept');
    span.setTag('too early', 1);
    span.addTags({ late: 2, 'sampling.priority': 1 });
    const carrier: Record<string, string> = {};
    kept.tracer.inject(span, FORMAT_TEXT_MAP, carrier);
    t.regex(carrier['uber-trace-id'] ?? '', /:3$/);
    kept.tracer.startSpan('child', { childOf: span }).finish();
    span.finish();
    kept.tracer.startSpan('dropped').finish();
    const spans = await kept.arrived();
    t.deepEqual(
      spans.map(({ operation }) => operation),
      ['child', 'kept'],
    );
    t.like(byName(spans, 'kept').tags, { late: 2, 'sampling.priority': 1 });
    t.false('too early' in byName(spans, 'kept').tags);

    const dropped = await createTracer(t, name);
    const root = dropped.tracer.startSpan('root');
    root.setTag('sampling.priority', 0);
    dropped.tracer.startSpan('child', { childOf: root }).finish();
    root.finish();
    t.deepEqual(await dropped.arrived(), []);
  });

  test(`${name}: jaeger-debug-id begins a trace that is kept and can be found; jaeger-baggage brings baggage`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name, { type: 'const', param: 0 });
    const headers = {
      'jaeger-debug-id': 'find me',
      'jaeger-baggage': 'a=1, b=2, nonsense',
      'uberctx-c': '3',
    };
    const context = tracer.extract(FORMAT_HTTP_HEADERS, headers);
    const root = tracer.startSpan('root', { childOf: context ?? undefined });
    t.deepEqual(
      ['a', 'b', 'c'].map((key) => root.getBaggageItem(key)),
      ['1', '2', '3'],
    );
    tracer.startSpan('child', { childOf: root }).finish();
    root.finish();
    const spans = await arrived();
    t.deepEqual(
      spans.map(({ operation }) => operation),
      ['child', 'root'],
    );
    t.like(byName(spans, 'root'), { parentId: undefined });
    t.like(byName(spans, 'root').tags, { 'jaeger-debug-id': 'find me' });
    t.false('jaeger-debug-id' in byName(spans, 'child').tags);
  });

  test(`${name}: a debug id changes nothing of a trace that is there already`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const carrier = { 'uber-trace-id': 'abc:def:0:0', 'jaeger-debug-id': 'find me' };
    tracer.startSpan('child', { childOf: tracer.extract(FORMAT_TEXT_MAP, carrier) ?? undefined }).finish();
    t.deepEqual(await arrived(), []);
  });

  test(`${name}: other formats: binary is known by name only, the rest is refused`, async (t) => {
    const { tracer } = await createTracer(t, name);
    const span = tracer.startSpan('a');
    t.notThrows(() => tracer.inject(span, FORMAT_BINARY, {}));
    t.is(tracer.extract(FORMAT_BINARY, {}), null);
    if (name === 'custom') return; // its failures are contained
    t.throws(() => tracer.inject(span, 'smoke signals', {}), { message: /smoke signals/ });
    t.throws(() => tracer.extract('smoke signals', {}), { message: /smoke signals/ });
  });
}
