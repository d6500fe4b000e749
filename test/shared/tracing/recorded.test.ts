/** Requests about whose traces a Jaeger decides by the name of their routes, which they have only once they are answered. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import test, { type ExecutionContext } from 'ava';
import Koa from 'koa';
import { createTracing, inSpan, type Tracing, type TracingOptions } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';
import { keepOnly, startSamplingServer } from '../../helpers/sampling-server.ts';
import { startThriftCollector } from '../../helpers/thrift-collector.ts';
import { until } from '../../helpers/until.ts';

/** An application whose Jaeger keeps the traces of one name alone, and has said so. */
async function startApp<T extends Tracing>(
  t: ExecutionContext,
  kept: string,
  create: (options: Pick<TracingOptions, 'service' | 'sampler'>) => T,
) {
  const { hostPort } = await startSamplingServer(t, () => keepOnly(kept));
  const sampler = { type: 'remote', param: 0, hostPort, refreshIntervalMs: 10 } as const;
  const tracing = create({ service: 'api', sampler });
  t.teardown(() => tracing.close());
  const router = new Router();
  for (const path of ['/kept/:id', '/other/:id'])
    router.get(path, (ctx) => {
      ctx.body = 'answer';
    });
  router.get('/works/:id', (ctx) => {
    ctx.body = inSpan('work', {}, () => 'answer');
  });
  const server = new Koa()
    .use(tracing.koa())
    .use(router.routes() as Koa.Middleware)
    .listen(0, '127.0.0.1');
  t.teardown(() => server.close().closeAllConnections());
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const probe = (): boolean => {
    const context = tracing.tracerFor('api').startSpan(kept).context() as unknown as { isSampled(): boolean };
    return context.isSampled();
  };
  await until(probe);
  /** Resolves once the server has done with the request as well. */
  const get = async (path: string): Promise<void> => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    server.once('request', (_, response) => response.once('close', resolve));
    await (await fetch(`${url}${path}`)).text();
    await closed;
  };
  return { tracing, url, get };
}

test.serial(
  'a route that is sampled by its name is recorded with all its tags, and another is not',
  async (t) => {
    const { tracing, url, get } = await startApp(t, 'GET /kept/:id', createMemoryTracing);
    await get('/other/1');
    await get('/kept/1');
    matchTree(tracing.spans, 'api GET /kept/:id (server)');
    t.like(tracing.spans[0]?.tags, {
      component: 'koa',
      'http.method': 'GET',
      'http.route': '/kept/:id',
      'http.status_code': 200,
      'http.url': `${url}/kept/1`,
    });
  },
);

test.serial(
  'what a request does before it has the name of its route decides by the name it has',
  async (t) => {
    const byRoute = await startApp(t, 'GET /works/:id', createMemoryTracing);
    await byRoute.get('/works/1');
    t.deepEqual(byRoute.tracing.spans, []);

    const byMethod = await startApp(t, 'GET', createMemoryTracing);
    await byMethod.get('/works/1');
    matchTree(
      byMethod.tracing.spans,
      `
    api GET /works/:id (server)
      api work`,
    );
  },
);

test.serial('jaeger-client’s own tracer records by the names of routes as well', async (t) => {
  const { endpoint, spans } = await startThriftCollector(t);
  const { tracing, url, get } = await startApp(t, 'GET /kept/:id', (options) =>
    createTracing({ ...options, backend: 'jaeger-client', endpoint, env: {} }),
  );
  await get('/other/1');
  await get('/kept/1');
  // One more is open still: it found out that the strategy had come.
  t.like(tracing.stats(), { started: 2, finished: 1 });
  await tracing.close();
  t.deepEqual(
    spans().map(({ operationName }) => operationName),
    ['GET /kept/:id'],
  );
  const urlTag = spans()[0]?.tags?.find(({ key }) => key === 'http.url');
  t.is(urlTag?.vStr, `${url}/kept/1`);
});
