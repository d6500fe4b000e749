/** What the headers of a request may decide, whatever tracer reads them. */
import test, { type ExecutionContext } from 'ava';
import Koa from 'koa';
import opentracing from 'opentracing';
import { currentSpan, type KoaOptions } from '#shared/tracing/index.ts';
import { koaMiddleware } from '#shared/tracing/koa.ts';
import { createTracer, TRACERS, type TracerName } from '../../conformance/tracers.ts';
import { listen } from '../../helpers/koa-app.ts';

const TRACE = 'abcdef0123456789abcdef0123456789';
const PARENT = '1122334455667788';
const callerWith = (flags: number): string => `${TRACE}:${PARENT}:0:${flags}`;

interface Answer {
  /** Of the span of the request. */
  readonly traceId: string;
  /** What the request's baggage says of it. */
  readonly user?: string;
  /** The flags that go on to the next hop. */
  readonly flags?: string;
}

/** An application behind `tracer`, which answers with what it knows of its caller. */
async function startApp(
  t: ExecutionContext,
  name: TracerName,
  { trust, keeps = 1 }: { trust: NonNullable<KoaOptions['trust']>; keeps?: number },
) {
  const { tracer, arrived } = await createTracer(t, name, { type: 'const', param: keeps });
  const done = Promise.withResolvers<void>();
  const koa = new Koa().use(koaMiddleware(tracer, { trust })).use((ctx) => {
    const span = currentSpan();
    const next: Record<string, string> = {};
    if (span) tracer.inject(span, opentracing.FORMAT_TEXT_MAP, next);
    const flags = next['uber-trace-id']?.split(':')[3];
    ctx.body = { traceId: span?.context().toTraceId(), user: span?.getBaggageItem('user'), flags };
    ctx.res.once('close', done.resolve);
  });
  const { url } = await listen(t, koa);
  return {
    ask: async (headers: Record<string, string>) => (await (await fetch(url, { headers })).json()) as Answer,
    arrived: async () => {
      await done.promise;
      return arrived();
    },
  };
}

const CONTINUES: [trust: 'local' | 'none' | 'all' | 'ids', headers: Record<string, string>, boolean][] = [
  ['local', {}, true],
  ['local', { 'x-forwarded-for': '203.0.113.9' }, false],
  ['none', {}, false],
  ['all', { 'x-forwarded-for': '203.0.113.9' }, true],
  ['ids', {}, true],
  ['NONE' as never, {}, false], // there is no such policy
];

for (const name of TRACERS)
  for (const [trust, headers, does] of CONTINUES) {
    // Only our own contexts can be had without what was decided with them.
    const continues = does && !(name === 'custom' && trust === 'ids');
    const title = `${name}, trust ${trust}, ${Object.keys(headers).join() || 'no proxy'}`;
    test(`${title}: the caller's trace is ${continues ? '' : 'not '}continued`, async (t) => {
      const { ask, arrived } = await startApp(t, name, { trust });
      const { traceId } = await ask({ 'uber-trace-id': callerWith(1), ...headers });
      t.is(traceId === TRACE, continues);
      const [span] = await arrived();
      t.is(span?.parentId, continues ? PARENT : undefined);
    });
  }

for (const name of TRACERS)
  for (const keeps of [0, 1])
    for (const flags of [0, 1, 3])
      test(`${name}, trust ids: a caller's flags ${flags} and baggage decide nothing where the sampler says ${keeps}`, async (t) => {
        const { ask, arrived } = await startApp(t, name, { trust: 'ids', keeps });
        const answer = await ask({ 'uber-trace-id': callerWith(flags), 'uberctx-user': 'eve' });
        t.is(answer.user, undefined);
        t.is(answer.flags, String(keeps));
        t.is((await arrived()).length, keeps);
      });

for (const name of TRACERS)
  test(`${name}, trust ids: a debug id forces nothing`, async (t) => {
    const { ask, arrived } = await startApp(t, name, { trust: 'ids', keeps: 0 });
    const headers = { 'jaeger-debug-id': 'mine', 'jaeger-baggage': 'user=eve' };
    t.like(await ask(headers), { user: undefined, flags: '0' });
    t.deepEqual(await arrived(), []);
  });
