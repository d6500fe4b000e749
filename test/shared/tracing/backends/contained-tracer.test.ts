/** A tracer that throws in every method changes nothing but the trace. */
import { Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { type Context, Errors, ServiceBroker } from 'moleculer';
import opentracing from 'opentracing';
import { createTracing, currentSpan, inSpan, traceFields } from '#shared/tracing/index.ts';
import { brokenTracers } from '../../../helpers/broken-tracers.ts';

async function startBroker(t: ExecutionContext, tracer?: opentracing.Tracer): Promise<ServiceBroker> {
  const tracing = tracer && createTracing({ service: 'test', backend: () => tracer, env: {} });
  const broker = new ServiceBroker({ logger: false, middlewares: tracing ? [tracing.moleculer()] : [] });
  let failures = 1;
  broker.createService({
    name: 'shop',
    actions: {
      sells: (ctx: Context) => inSpan('selling', {}, () => ctx.call('shop.counts')),
      counts(ctx: Context<unknown, Record<string, unknown>>) {
        ctx.meta['counted'] = true;
        currentSpan()?.setTag('a', 1).setBaggageItem('b', 'c').log({ d: 'e' });
        return { fields: Object.keys(traceFields()), baggage: currentSpan()?.getBaggageItem('b') ?? 'none' };
      },
      breaks: () => Promise.reject(new Errors.MoleculerServerError('broken', 503, 'BROKEN')),
      flaky: {
        retryPolicy: { enabled: true, retries: 1, delay: 1, maxDelay: 1, factor: 1, check: () => true },
        handler() {
          if (failures-- > 0) throw new Errors.MoleculerRetryableError('again', 503, 'AGAIN');
          return 'at last';
        },
      },
      flows: () => Readable.from(['a', 'b']),
    },
    events: { sold: (ctx: Context) => ctx.call('shop.counts') as Promise<void> },
  });
  await broker.start();
  t.teardown(() => broker.stop());
  return broker;
}

/** All that a caller can see of these outcomes. */
async function outcomes(broker: ServiceBroker): Promise<unknown> {
  const meta: Record<string, unknown> = { user: 'ada' };
  return {
    sold: await inSpan('request', {}, () => broker.call('shop.sells', {}, { meta })),
    broken: await broker.call('shop.breaks').catch(({ code, type, message }) => ({ code, type, message })),
    flaky: await broker.call('shop.flaky'),
    flown: await Array.fromAsync((await broker.call('shop.flows')) as Readable),
    told: await broker.emit('sold'),
    unknown: await broker.call('nobody.knows').catch((error) => error.type),
    meta,
  };
}

for (const [title, tracer] of Object.entries(brokenTracers))
  test.serial(`a tracer ${title} changes no outcome`, async (t) => {
    const untraced = await outcomes(await startBroker(t));
    t.deepEqual(await outcomes(await startBroker(t, tracer)), untraced);
  });

test.serial('a sound tracer is told everything', async (t) => {
  const tracer = new opentracing.MockTracer();
  const tracing = createTracing({ service: 'test', backend: () => tracer, env: {} });
  const parent = tracing.tracerFor('test').startSpan('parent').setTag('a', 1);
  tracing.tracerFor('test').startSpan('child', { childOf: parent }).setTag('b', 2).finish();
  parent.finish();
  const { spans } = tracer.report() as unknown as { spans: { operationName(): string; tags(): object }[] };
  t.deepEqual(
    spans.map((span) => [span.operationName(), span.tags()]),
    [
      ['parent', { a: 1 }],
      ['child', { b: 2 }],
    ],
  );
});

for (const [title, ids] of [
  ['have no ids', {}],
  ['have numbers for ids', { toTraceId: () => 7, toSpanId: () => 8 }],
  [
    'throw when they are asked',
    {
      toTraceId() {
        throw new Error('no ids');
      },
    },
  ],
] as const)
  test.serial(`contexts that ${title} are parents, and travel`, async (t) => {
    const started: object[] = [];
    const tracer = {
      startSpan(name: string, { childOf, references = [] }: opentracing.SpanOptions) {
        const causes = references.map((reference) => reference.referencedContext());
        const context = { name, parent: [childOf, ...causes].find(Boolean), ...ids };
        started.push(context);
        return Object.assign(new opentracing.Span(), { context: () => context });
      },
      inject: (context: object, _: string, carrier: Record<string, unknown>) =>
        void Object.assign(carrier, { sent: started.indexOf(context) }),
      extract: (_: string, carrier: Record<string, unknown>) => started[carrier['sent'] as number],
    };
    const tracing = createTracing({ service: 'test', backend: () => tracer as never, env: {} });
    const contained = tracing.tracerFor('test');
    const root = contained.startSpan('root');
    t.deepEqual([root.context().toTraceId(), root.context().toSpanId()], ['', '']);
    const carrier = {};
    contained.inject(root.context(), opentracing.FORMAT_TEXT_MAP, carrier);
    const there = contained.extract(opentracing.FORMAT_TEXT_MAP, carrier) ?? t.fail();
    t.is(there.toTraceId(), '');
    contained.startSpan('by span', { childOf: root });
    contained.startSpan('by context', { childOf: root.context() });
    contained.startSpan('by reference', { references: [opentracing.followsFrom(root.context())] });
    contained.startSpan('there', { childOf: there });
    t.deepEqual(
      started.map((context) => (context as { parent?: object }).parent),
      [undefined, ...Array.from({ length: 4 }, () => started[0])],
    );
  });
