/** Koa: what a request's server span shows where the request is answered. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import Router from '@koa/router';
import test from 'ava';
import { createTracing, currentSpan, inSpan } from '#shared/tracing/index.ts';
import { startApp } from '../../helpers/koa-app.ts';

test('a span is named by the route that matched', async (t) => {
  const { url, tree } = await startApp(t, (_, router) => {
    router.get('/users/:id', (ctx) => {
      ctx.body = 'one';
    });
  });
  const response = await fetch(`${url}/users/7?secret=x`);
  t.is(response.status, 200);
  t.is(
    await tree(1),
    'api GET /users/:id (server) http.method=GET http.route=/users/:id http.status_code=200',
  );
});

test('of two routes for a path the one that answered names the span', async (t) => {
  const { url, tree } = await startApp(t, (_, router) => {
    router.get('/users/me', (ctx) => {
      ctx.body = 'me';
    });
    router.get('/users/:id', (ctx) => {
      ctx.body = 'other';
    });
  });
  await fetch(`${url}/users/me`);
  t.regex(await tree(1), /^api GET \/users\/me /);
});

test('a nested router names the span by the whole pattern', async (t) => {
  const { url, tree } = await startApp(t, (_, router) => {
    const inner = new Router().get('/items/:item', (ctx) => {
      ctx.body = 'item';
    });
    router.use('/shops/:shop', inner.routes());
  });
  await fetch(`${url}/shops/1/items/2`);
  t.regex(await tree(1), /^api GET \/shops\/:shop\/items\/:item /);
});

test('a name that the application gives the span stays, with a route and without', async (t) => {
  const { url, tree } = await startApp(t, (app, router) => {
    app.use((ctx, next) => {
      if (ctx.path.startsWith('/own/')) currentSpan()?.setOperationName(`${ctx.method} /own/{item}`);
      return next();
    });
    router.post('/graphql', (ctx) => {
      currentSpan()?.setOperationName('POST /graphql findUser');
      ctx.body = {};
    });
  });
  await fetch(`${url}/own/7`);
  await fetch(`${url}/graphql`, { method: 'POST' });
  t.is(
    await tree(2),
    `api GET /own/{item} (server) http.method=GET http.status_code=404
api POST /graphql findUser (server) http.method=POST http.route=/graphql http.status_code=200`,
  );
});

test('a guard that answers in the place of a route leaves the name to the route', async (t) => {
  const { url, tree } = await startApp(t, (_, router) => {
    router.use((ctx) => {
      ctx.status = 401;
    });
    router.get('/secrets/:id', (ctx) => {
      ctx.body = 'never';
    });
  });
  await fetch(`${url}/secrets/1`);
  t.is(
    await tree(1),
    'api GET /secrets/:id (server) http.method=GET http.route=/secrets/:id http.status_code=401',
  );
});

test('an unknown path and a wrong method have the method for a name', async (t) => {
  const { url, tree } = await startApp(t, (_, router) => {
    router.get('/users/:id', (ctx) => {
      ctx.body = 'one';
    });
  });
  t.is((await fetch(`${url}/nowhere`)).status, 404);
  t.is((await fetch(`${url}/users/1`, { method: 'DELETE' })).status, 405);
  t.is(
    await tree(2),
    [
      'api GET (server) http.method=GET http.status_code=404',
      'api DELETE (server) http.method=DELETE http.status_code=405',
    ].join('\n'),
  );
});

test('HEAD and OPTIONS are shown as what they are', async (t) => {
  const { url, tree } = await startApp(t, (_, router) => {
    router.get('/users/:id', (ctx) => {
      ctx.body = 'one';
    });
  });
  await fetch(`${url}/users/1`, { method: 'HEAD' });
  await fetch(`${url}/users/1`, { method: 'OPTIONS' });
  t.is(
    await tree(2),
    [
      'api HEAD /users/:id (server) http.method=HEAD http.route=/users/:id http.status_code=200',
      'api OPTIONS (server) http.method=OPTIONS http.status_code=200',
    ].join('\n'),
  );
});

test('an error thrown before the head is sent is the answer and is shown', async (t) => {
  const { url, tracing, tree } = await startApp(t, (_, router) => {
    router.get('/boom', () => {
      throw new TypeError('out of order');
    });
  });
  const response = await fetch(`${url}/boom`);
  t.is(response.status, 500);
  t.regex(
    response.headers.get('x-trace-id') ?? '',
    /^[0-9a-f]{32}$/,
    'the header survives Koa, which removes all',
  );
  t.regex(await tree(1), /^api GET \/boom \(server\) ERROR .*http.status_code=500$/);
  const [log] = tracing.spans[0]?.logs ?? [];
  t.like(log?.fields, { event: 'error', 'error.kind': 'TypeError', message: 'out of order' });
});

test('an answer that Koa itself cannot write has the header too', async (t) => {
  const { url, tracing, tree } = await startApp(t, (_, router) => {
    router.get('/bigint', (ctx) => {
      ctx.body = { count: 7n };
    });
  });
  const response = await fetch(`${url}/bigint`);
  t.is(response.status, 500);
  t.regex(await tree(1), /^api GET \/bigint \(server\) ERROR .*http.status_code=500$/);
  t.is(response.headers.get('x-trace-id'), tracing.spans[0]?.traceId ?? '');
});

test('an error that is the client’s is none of the span', async (t) => {
  const { url, tree } = await startApp(t, (_, router) => {
    router.get('/teapot', (ctx) => ctx.throw(418, 'short and stout'));
  });
  t.is((await fetch(`${url}/teapot`)).status, 418);
  t.is(await tree(1), 'api GET /teapot (server) http.method=GET http.route=/teapot http.status_code=418');
});

test('an error answered by somebody in between is still an error', async (t) => {
  const { url, tracing, tree } = await startApp(t, (koa, router) => {
    koa.use(async (ctx, next) => {
      try {
        await next();
      } catch {
        ctx.status = 503;
        ctx.body = 'later';
      }
    });
    router.get('/down', () => {
      throw new Error('nobody there');
    });
  });
  await fetch(`${url}/down`);
  t.regex(await tree(1), /ERROR .*http.status_code=503$/);
  t.like(tracing.spans[0]?.logs[0]?.fields, {
    'error.kind': 'HttpError',
    message: 'answered 503 Service Unavailable',
  });
});

test('an error answered in between and told to the application is the one that is shown', async (t) => {
  const { url, tracing, tree } = await startApp(t, (koa, router) => {
    koa.use(async (ctx, next) => {
      try {
        await next();
      } catch (error) {
        ctx.status = 500;
        ctx.app.emit('error', error, ctx);
      }
    });
    router.get('/down', () => {
      throw new RangeError('too far');
    });
  });
  await fetch(`${url}/down`);
  await tree(1);
  t.like(tracing.spans[0]?.logs[0]?.fields, { 'error.kind': 'RangeError', message: 'too far' });
});

test('requests on one connection, even at once, are traces of their own', async (t) => {
  const { port, tracing, tree } = await startApp(t, (_, router) => {
    router.get('/n/:n', async (ctx) => {
      await inSpan('work', {}, () => setImmediate());
      ctx.body = ctx.params['n'];
    });
  });
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  const get = (n: number): string => `GET /n/${n} HTTP/1.1\r\nhost: x\r\n\r\n`;
  socket.write(get(1) + get(2) + get(3));
  await tree(6);
  t.is(new Set(tracing.spans.map(({ traceId }) => traceId)).size, 3);
  t.is(tracing.spans.filter(({ operation }) => operation === 'work').length, 3);
});

test('an upgrade passes by', async (t) => {
  const { port, server, tracing } = await startApp(t, () => {});
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n');
  const [head] = await once(socket, 'data');
  t.regex(String(head), /^HTTP\/1.1 101/);
  t.is(tracing.stats().started, 0);
});

test('health and metrics are not traced, nor is anything below them', async (t) => {
  const { url, tracing } = await startApp(t, (_, router) => {
    router.get('/health/live', (ctx) => {
      t.is(currentSpan(), undefined);
      ctx.body = inSpan('check', {}, () => 'fine');
    });
  });
  const response = await fetch(`${url}/health/live`);
  t.is(await response.text(), 'fine');
  t.is(response.headers.get('x-trace-id'), null);
  t.is(tracing.stats().started, 0);
});

test('what is ignored can be chosen', async (t) => {
  const { url, tree } = await startApp(t, () => {}, { ignore: ['/quiet*'] });
  await fetch(`${url}/quiet/1`);
  await fetch(`${url}/health/live`);
  t.is(await tree(1), 'api GET (server) http.method=GET http.status_code=404');
});

test('the url is shown without its query, headers only by name and without secrets', async (t) => {
  const plain = await startApp(t, () => {});
  await fetch(`${plain.url}/a?password=1`, { headers: { 'x-tenant': 'blue' } });
  await plain.tree(1);
  t.is(plain.tracing.spans[0]?.tags['http.url'], `${plain.url}/a`);
  t.false(Object.keys(plain.tracing.spans[0]?.tags ?? {}).some((name) => name.startsWith('http.header')));

  const open = await startApp(t, () => {}, { query: true, headers: ['x-tenant', 'authorization'] });
  await fetch(`${open.url}/a?b=1`, { headers: { 'x-tenant': 'blue', authorization: 'Bearer abc' } });
  await open.tree(1);
  t.like(open.tracing.spans[0]?.tags, {
    'http.url': `${open.url}/a?b=1`,
    'http.header.x-tenant': 'blue',
    'http.header.authorization': '[redacted]',
  });
});

test('a garbage header begins a new trace', async (t) => {
  const { url, tracing, tree } = await startApp(t, () => {});
  for (const garbage of ['12zz:34yy:0:1', '0:0:0:0', ':::', 'a'.repeat(5000), '%', '1:2:3:4:5'])
    await fetch(url, { headers: { 'uber-trace-id': garbage } });
  await tree(6);
  t.is(new Set(tracing.spans.map(({ traceId }) => traceId)).size, 6);
  t.true(tracing.spans.every(({ parentId }) => parentId === undefined));
});

test('tracing that is switched off leaves a request to the next middleware, and touches nothing of it', (t) => {
  const { koa } = createTracing({ service: 'off', backend: 'none', env: {} });
  const answered = Promise.resolve('answered');
  t.is(
    koa()(undefined as never, () => answered),
    answered,
  );
});

test('the url is the one that the client asked for, whatever has been made of it', async (t) => {
  const { url, tree, tracing } = await startApp(
    t,
    (app) =>
      app.use((ctx) => {
        ctx.url = '/rewritten?b=2';
        ctx.body = 'fine';
      }),
    { query: true },
  );
  await (await fetch(`${url}/asked?a=1`)).text();
  await tree(1);
  t.is(tracing.spans[0]?.tags['http.url'], `${url}/asked?a=1`);
});
