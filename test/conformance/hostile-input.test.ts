/** What peers send and callers give by mistake: no tracer of ours throws, none believes it. */
import test from 'ava';
import opentracing from 'opentracing';
import { createBackend } from '#shared/tracing/backends/create-backend.ts';
import { readSettings } from '#shared/tracing/settings.ts';
import { startSamplingServer } from '../helpers/sampling-server.ts';
import { startThriftCollector } from '../helpers/thrift-collector.ts';
import { until } from '../helpers/until.ts';
import { createTracer } from './tracers.ts';

const { FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } = opentracing;
const STRICT = ['jaeger', 'jaeger-client', 'memory'] as const;

/** The strategy that looks at the name of each trace, and keeps all of them. */
const KEEP_ALL_BY_NAME = JSON.stringify({
  operationSampling: {
    defaultSamplingProbability: 1,
    defaultLowerBoundTracesPerSecond: 0,
    perOperationStrategies: [],
  },
});

const T = '0af7651916cd43dd8448eb211c80319c';
const S = 'b7ad6b7169203331';

const GARBAGE: readonly unknown[] = [
  '',
  '12zz:34yy:0:1',
  'null',
  '::: :',
  `${T}:${S}:0`,
  `${T}:${S}:0:1:1`,
  `${T}:${S}::1`,
  `${T}:${S}:0:`,
  `${T}:${S}:0:111`,
  `${T}:${S}:0:-1`,
  `${T}:${S}:0:1 `,
  ` ${T}:${S}:0:1`,
  `0x${T.slice(2)}:${S}:0:1`,
  `${T}0:${S}:0:1`,
  `${T}:${S}0:0:1`,
  `${T}:${S}:${S}0:1`,
  `${'0'.repeat(32)}:${S}:0:1`,
  `${T}:${'0'.repeat(16)}:0:1`,
  `${T}:${S}:0:1\n`,
  `${T}:１234:0:1`,
  `${T}:${S}:0:%31%`,
  'a'.repeat(10_000_000),
  42,
  null,
  undefined,
  true,
  [`${T}:${S}:0:1`],
  { toString: () => `${T}:${S}:0:1` },
  Symbol('context'),
];

const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error('get');
    },
    ownKeys() {
      throw new Error('keys');
    },
    set() {
      throw new Error('set');
    },
  },
);

for (const name of STRICT) {
  test(`${name}: a context that is not wholly right is none`, async (t) => {
    const { tracer } = await createTracer(t, name);
    for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
      for (const value of GARBAGE)
        t.is(tracer.extract(format, { 'uber-trace-id': value }), null, String(value).slice(0, 50));
      for (const carrier of [null, undefined, 7, 'text', [], {}, throwing, new Map()])
        t.is(tracer.extract(format, carrier), null);
      t.truthy(tracer.extract(format, { 'uber-trace-id': `${T.toUpperCase()}:${S}:0:1` }));
    }
  });

  test(`${name}: what cannot be written to is left alone`, async (t) => {
    const { tracer } = await createTracer(t, name);
    const span = tracer.startSpan('a');
    for (const carrier of [null, undefined, 7, 'text', Object.freeze({}), throwing])
      t.notThrows(() => tracer.inject(span, FORMAT_TEXT_MAP, carrier));
    for (const foreign of [undefined, null, {}, new opentracing.SpanContext(), new opentracing.Span()])
      t.notThrows(() => tracer.inject(foreign as never, FORMAT_TEXT_MAP, {}));
  });

  test(`${name}: baggage that is no whole text goes out in headers, wherever it was cut`, async (t) => {
    const { tracer } = await createTracer(t, name);
    const carrier = { 'uber-trace-id': `${T}:${S}:0:1`, 'uberctx-there': 'a\ud800' };
    const there = tracer.extract(FORMAT_TEXT_MAP, carrier) ?? undefined;
    const span = tracer.startSpan('a', { childOf: there });
    span.setBaggageItem('here', '\udc00b').setBaggageItem('long', `${'c'.repeat(2047)}😀`);
    const headers: Record<string, string> = {};
    t.notThrows(() => tracer.inject(span, FORMAT_HTTP_HEADERS, headers));
    t.like(headers, { 'uberctx-there': 'a%EF%BF%BD', 'uberctx-here': '%EF%BF%BDb' });
    t.is(headers['uberctx-long'], `${'c'.repeat(2047)}%EF%BF%BD`);
  });

  test(`${name}: headers take no more baggage than servers do, messages all of it`, async (t) => {
    const { tracer } = await createTracer(t, name);
    const span = tracer.startSpan('a').setBaggageItem('small', 'x'.repeat(1000));
    span.setBaggageItem('large', '漢'.repeat(2000)).setBaggageItem('last', 'ü');
    const [headers, message]: Record<string, string>[] = [{}, {}];
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    tracer.inject(span, FORMAT_TEXT_MAP, message);
    const keys = (carrier = {}) => Object.keys(carrier).sort();
    t.deepEqual(keys(headers), ['uber-trace-id', 'uberctx-last', 'uberctx-small']);
    t.deepEqual(keys(message), ['uber-trace-id', 'uberctx-large', 'uberctx-last', 'uberctx-small']);
    t.is(message?.['uberctx-large'], '漢'.repeat(2000));
  });

  test(`${name}: what is no parent makes a root`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const foreign = [null, 7, {}, new opentracing.SpanContext(), new opentracing.Span()];
    for (const childOf of foreign) tracer.startSpan('root', { childOf: childOf as never }).finish();
    const references = [
      opentracing.childOf(new opentracing.SpanContext()),
      opentracing.followsFrom(new opentracing.Span()),
    ];
    tracer.startSpan('root', { references }).finish();
    tracer.startSpan('root', null as never).finish();
    const reference = opentracing.childOf(new opentracing.SpanContext());
    const lists = [{}, 7, 'text', reference, [undefined], [null, 7, 'text', {}, reference]];
    for (const list of lists) tracer.startSpan('root', { references: list as never }).finish();
    const spans = await arrived();
    t.is(spans.length, foreign.length + 2 + lists.length);
    t.true(spans.every(({ parentId, references }) => parentId === undefined && references.length === 0));
  });

  test(`${name}: names that are no texts throw nothing in samplers and loggers`, async (t) => {
    const server = await startSamplingServer(t, () => KEEP_ALL_BY_NAME);
    const { endpoint } = await startThriftCollector(t);
    const sampler = { type: 'remote', param: 0, hostPort: server.hostPort, refreshIntervalMs: 10 } as const;
    const logger = { debug() {}, info() {}, warn() {} };
    const given = { service: 'x', backend: name, sampler, endpoint, logger, logSpans: true, env: {} };
    const backend = createBackend(readSettings(given));
    t.teardown(() => backend.close({ deadlineMs: 5000 }));
    const tracer = backend.createTracer('x');
    await until(() => {
      tracer.startSpan('a').finish();
      return backend.stats().started > 0;
    });
    const names = [Symbol('a'), Object.create(null), throwing, undefined, 7];
    for (const operation of names) {
      t.notThrows(() => tracer.startSpan(operation as never).finish());
      t.notThrows(() =>
        tracer
          .startSpan('a')
          .setOperationName(operation as never)
          .finish(),
      );
    }
    t.is(backend.stats().finished, 1 + 2 * names.length);
  });

  test(`${name}: a list of references may have holes`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const cause = tracer.startSpan('cause');
    const references = [undefined, opentracing.followsFrom(cause.context()), null] as never;
    tracer.startSpan('effect', { references }).finish();
    const [effect] = await arrived();
    t.is(effect?.parentId, effect?.references[0]?.spanId);
    t.is(effect?.references.length, 1);
  });

  test(`${name}: hostile tags, fields, times and baggage throw nothing and lose no span`, async (t) => {
    const { tracer, arrived } = await createTracer(t, name);
    const span = tracer.startSpan('hostile', { startTime: Number.NaN, tags: { fine: 1 } });
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    for (const value of [
      circle,
      throwing,
      2n ** 70n,
      Number.NaN,
      Symbol('s'),
      '\ud800',
      new Map([[circle, 1]]),
    ]) {
      t.notThrows(() => span.setTag('value', value));
      t.notThrows(() => span.log({ value }));
      t.notThrows(() => span.setBaggageItem('item', value as never));
    }
    span.log({ event: 'odd time' }, Number.NaN);
    span.finish(Number.NaN);
    span.finish();
    const spans = await arrived();
    t.is(spans.length, 1);
    t.is(spans[0]?.tags['fine'], 1);
    t.true((spans[0]?.durationUs ?? 0) >= 1 && (spans[0]?.durationUs ?? 0) < 60_000_000);
    t.true(Math.abs((spans[0]?.startUs ?? 0) / 1000 - Date.now()) < 60_000);
  });
}

test('none: everything can be called, and nothing comes of it', (t) => {
  const backend = createBackend(readSettings({ backend: 'none', service: 'x', env: {} }));
  t.false(backend.enabled);
  const tracer = backend.createTracer('x');
  const span = tracer.startSpan('a', {
    childOf: tracer.extract(FORMAT_TEXT_MAP, {}) ?? undefined,
    tags: { a: 1 },
  });
  const carrier = {};
  tracer.inject(span.setTag('a', 1).log({}).setOperationName('b'), FORMAT_TEXT_MAP, carrier);
  span.finish();
  t.deepEqual(carrier, {});
  t.is(backend.stats().started, 0);
});
