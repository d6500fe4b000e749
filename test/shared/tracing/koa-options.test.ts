/** Koa: what its middleware can be told, and what is refused. */
import test, { type ExecutionContext } from 'ava';
import Koa from 'koa';
import {
  createTracing,
  type KoaOptions,
  type TracingOptions,
  TracingOptionsError,
} from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { listen, startApp } from '../../helpers/koa-app.ts';

const BAD: [options: object, problem: string][] = [
  [{ trust: false }, 'trust="false" must be one of none, ids, all, local'],
  [{ trust: 'NONE' }, 'trust="NONE" must be one of none, ids, all, local'],
  [{ trust: 'off' }, 'trust="off" must be one of none, ids, all, local'],
  [{ ignore: '/health' }, 'ignore="/health" must be a list of texts'],
  [{ ignore: [/health/] }, 'ignore="" must be a list of texts'],
  [{ headers: 'user-agent' }, 'headers="user-agent" must be a list of texts'],
  [{ query: 'yes' }, 'query="yes" must be true or false'],
  [{ headers: true }, 'headers="true" must be a list of texts'],
];

for (const [options, problem] of BAD) {
  test(`refused at once: ${problem.split(' must')[0]}`, (t) => {
    const tracing = createMemoryTracing();
    const error = t.throws(() => tracing.koa(options as KoaOptions), { instanceOf: TracingOptionsError });
    t.deepEqual(error?.problems, [problem]);
  });
}

test('what is refused is refused where tracing is switched off, too', (t) => {
  const { koa } = createTracing({ backend: 'none', env: {} });
  t.throws(() => koa({ trust: 'NONE' as never }), { instanceOf: TracingOptionsError });
});

test('one error names all that is wrong', (t) => {
  const options = { trust: 'some', ignore: 1, headers: 1 } as unknown as KoaOptions;
  const error = t.throws(() => createMemoryTracing().koa(options), { instanceOf: TracingOptionsError });
  t.is(error?.problems.length, 3);
});

/** Whether a request continues the trace of its caller where tracing and middleware have these policies. */
async function continues(
  t: ExecutionContext,
  trust: NonNullable<TracingOptions['trust']>,
  options: KoaOptions,
): Promise<boolean> {
  const tracing = createMemoryTracing({ trust });
  const { url } = await listen(t, new Koa().use(tracing.koa(options)));
  const { headers } = await fetch(url, { headers: { 'uber-trace-id': 'abc:1:0:1' } });
  return headers.get('x-trace-id') === 'abc'.padStart(32, '0');
}

test("a middleware's policy is the tracing's, unless it has one of its own", async (t) => {
  t.false(await continues(t, 'none', {}));
  t.false(await continues(t, 'none', { trust: undefined }));
  const nothing = { trust: null, ignore: null, headers: null, query: null } as object;
  t.false(await continues(t, 'none', nothing));
  t.true(await continues(t, 'all', nothing));
  t.true(await continues(t, 'all', { trust: undefined }));
  t.false(await continues(t, 'all', { trust: 'none' }));
  t.true(await continues(t, 'none', { trust: 'all' }));
});

test('headers are shown whatever the case of their names', async (t) => {
  const { url, tracing, tree } = await startApp(t, () => {}, { headers: ['X-Tenant', 'AUTHORIZATION'] });
  await fetch(url, { headers: { 'x-tenant': 'blue', authorization: 'Bearer abc' } });
  await tree(1);
  t.like(tracing.spans[0]?.tags, {
    'http.header.x-tenant': 'blue',
    'http.header.authorization': '[redacted]',
  });
});
