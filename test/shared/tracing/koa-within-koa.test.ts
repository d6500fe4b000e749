/** Koa: applications within applications, through which one request goes. */
import Router from '@koa/router';
import test from 'ava';
import Koa from 'koa';
import { currentSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { startApp } from '../../helpers/koa-app.ts';
import { until } from '../../helpers/until.ts';

test('an application that is mounted in another one has no span of its own, and its route names the request', async (t) => {
  const { url, tree, tracing } = await startApp(t, (app, router) => {
    const inner = new Router().get('/orders/:id', (ctx) => {
      ctx.body = String(currentSpan() === outer);
    });
    let outer = currentSpan();
    app.use((_, next) => {
      outer = currentSpan();
      return next();
    });
    app.use(createMemoryTracing({ service: 'inner' }).koa());
    app.use(inner.routes() as Koa.Middleware);
    router.get('/', () => {});
  });
  const reply = await fetch(`${url}/orders/7`);
  t.is(await reply.text(), 'true');
  t.is(
    await tree(1),
    'api GET /orders/:id (server) http.method=GET http.route=/orders/:id http.status_code=200',
  );
  t.is(reply.headers.get('x-trace-id'), tracing.spans[0]?.traceId ?? '');
});

/** As koa-mount does it. */
function mount(prefix: string, inner: Router | Koa.Middleware): Koa.Middleware {
  const routes = (inner instanceof Router ? inner.routes() : inner) as Koa.Middleware;
  return async (ctx, upstream) => {
    const { path } = ctx;
    if (!path.startsWith(prefix)) return upstream();
    Object.assign(ctx, { mountPath: prefix, path: path.slice(prefix.length) || '/' });
    try {
      await routes(ctx, async () => {
        ctx.path = path;
        await upstream();
      });
    } finally {
      ctx.path = path;
    }
  };
}

test('a route is told with the path at which its application is mounted', async (t) => {
  const orders = new Router().get('/orders/:id', (ctx) => {
    ctx.body = 'an order';
  });
  const { url, tracing } = await startApp(t, (app, router) => {
    app.use(mount('/api', orders));
    router.get('/api/users/:id', (ctx) => {
      ctx.body = 'a user';
    });
  });
  for (const path of ['/api/orders/7', '/api/users/7', '/orders/7']) await (await fetch(url + path)).text();
  await until(() => tracing.spans.length === 3);
  t.deepEqual(
    tracing.spans.map(({ operation }) => operation),
    ['GET /api/orders/:id', 'GET /api/users/:id', 'GET'],
  );
});

test('a route is told with all the paths at which applications are mounted in each other', async (t) => {
  const items = new Router().get('/items/:id', (ctx) => {
    ctx.body = 'an item';
  });
  const again = new Router().get('/v1/items/:id', (ctx) => {
    ctx.body = 'an item of old';
  });
  const { url, tracing } = await startApp(t, (app) => {
    app.use(mount('/shop', mount('/v1', items)));
    app.use(mount('/v1', again));
    app.use((ctx, next) => {
      ctx.path = ctx.path.replace(/^\/tenants\/\d+/, '');
      return next();
    });
    app.use(mount('/v2', items));
  });
  for (const path of ['/shop/v1/items/7', '/v1/v1/items/7', '/tenants/4711/v2/items/7'])
    t.is((await fetch(url + path)).status, 200);
  await until(() => tracing.spans.length === 3);
  t.deepEqual(
    tracing.spans.map(({ operation }) => operation),
    ['GET /shop/v1/items/:id', 'GET /v1/v1/items/:id', 'GET /v2/items/:id'],
  );
});

test('what one application ignores, one that is mounted in it at that path does not trace either', async (t) => {
  const innerTracing = createMemoryTracing({ service: 'inner' });
  const inner = innerTracing.koa();
  const { url, tracing } = await startApp(t, (app) => {
    app.use(mount('/health', inner)).use((ctx) => {
      ctx.body = 'well';
    });
  });
  const ignored = await fetch(`${url}/health/live`);
  t.is(await ignored.text(), 'well');
  t.is(ignored.headers.get('x-trace-id'), null);
  await (await fetch(`${url}/other`)).text();
  await until(() => tracing.spans.length === 1);
  t.deepEqual(innerTracing.spans, []);
});

test('an application that answers through another one’s callback is in the span of the request', async (t) => {
  const { url, tree, tracing } = await startApp(t, (app) => {
    const inner = new Koa().use(createMemoryTracing({ service: 'inner' }).koa()).use((ctx) => {
      ctx.body = 'inner';
    });
    app.use((ctx) => {
      ctx.respond = false;
      ctx.res.statusCode = 200;
      return inner.callback()(ctx.req, ctx.res);
    });
  });
  const reply = await fetch(url);
  t.is(await reply.text(), 'inner');
  t.is(await tree(1), 'api GET (server) http.method=GET http.status_code=200');
  t.is(reply.headers.get('x-trace-id'), tracing.spans[0]?.traceId ?? '');
});

test('what fails in an application that answers for another one is the error of the request', async (t) => {
  const { url, tree, tracing } = await startApp(t, (app) => {
    const inner = new Koa().use(createMemoryTracing({ service: 'inner' }).koa()).use(() => {
      throw new Error('out of order');
    });
    inner.silent = true;
    app.use((ctx) => {
      ctx.respond = false;
      return inner.callback()(ctx.req, ctx.res);
    });
  });
  t.is((await fetch(url)).status, 500);
  t.is(await tree(1), 'api GET (server) ERROR http.method=GET http.status_code=500');
  t.is(tracing.spans[0]?.logs[0]?.fields['message'], 'out of order');
});
