/** Koa: requests and answers that break off before their end, and whose fault that is. */
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { addAbortSignal, PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { inSpan } from '#shared/tracing/index.ts';
import { startApp } from '../../helpers/koa-app.ts';

/** Sends a request that may be broken off at any time. */
function ask(port: number, path: string): ClientRequest {
  const request = httpRequest({ port, host: '127.0.0.1', path }).on('error', () => {});
  request.end();
  return request;
}

test('a client that hangs up is no error, and no status is invented', async (t) => {
  const reached = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const { port, tree } = await startApp(t, (_, router) => {
    router.get('/slow', async (ctx) => {
      ctx.req.once('close', gone.resolve);
      reached.resolve();
      await gone.promise;
      ctx.body = 'too late';
    });
  });
  const request = ask(port, '/slow');
  await reached.promise;
  request.destroy();
  t.is(await tree(1), 'api GET /slow (server) http.method=GET http.route=/slow http.aborted=true');
});

test('a client that hangs up in the middle of the body keeps the status that it saw', async (t) => {
  const { port, tree } = await startApp(t, (_, router) => {
    router.get('/endless', (ctx) => {
      ctx.body = new Readable({
        read() {
          this.push('x'.repeat(1000));
        },
      });
    });
  });
  const request = ask(port, '/endless');
  const [response] = await once(request, 'response');
  await once(response, 'data');
  request.destroy();
  t.is(
    await tree(1),
    'api GET /endless (server) http.method=GET http.route=/endless http.status_code=200 http.aborted=true',
  );
});

test('an error that was answered well is none of a client that hangs up later', async (t) => {
  const { port, tree } = await startApp(t, (_, router) => {
    router.get('/feed', (ctx) => {
      ctx.app.emit('error', new Error('no news from the first source'), ctx);
      const feed = new PassThrough();
      feed.write('news of the second');
      ctx.body = feed;
    });
  });
  const request = ask(port, '/feed');
  const [response] = await once(request, 'response');
  await once(response, 'data');
  request.destroy();
  t.is(
    await tree(1),
    'api GET /feed (server) http.method=GET http.route=/feed http.status_code=200 http.aborted=true',
  );
});

test('work that is given up for a client that hangs up is no error', async (t) => {
  const reached = Promise.withResolvers<void>();
  const { port, tree } = await startApp(t, (_, router) => {
    router.get('/search', async (ctx) => {
      const left = new AbortController();
      ctx.req.once('close', () => left.abort());
      reached.resolve();
      await once(new EventTarget(), 'found', { signal: left.signal });
    });
  });
  const request = ask(port, '/search');
  await reached.promise;
  request.destroy();
  t.is(await tree(1), 'api GET /search (server) http.method=GET http.route=/search http.aborted=true');
});

test('work that the application gives up itself is an error', async (t) => {
  const { url, tracing, tree } = await startApp(t, (_, router) => {
    router.get('/report', (ctx) => {
      const late = new AbortController();
      const report = addAbortSignal(late.signal, new PassThrough());
      report.write('the first page');
      report.once('data', () => late.abort());
      ctx.body = report;
    });
  });
  await t.throwsAsync(async () => (await fetch(`${url}/report`)).text());
  t.regex(await tree(1), /ERROR .*http.aborted=true$/);
  t.is(tracing.spans[0]?.logs[0]?.fields['error.kind'], 'AbortError');
});

test('a request whose client left before the tracing came to it has a span that ends', async (t) => {
  const reached = Promise.withResolvers<void>();
  const { port, tree, tracing } = await startApp(t, (koa) => {
    koa.middleware.unshift(async (ctx, next) => {
      const closed = once(ctx.res, 'close');
      reached.resolve();
      await closed;
      await next();
    });
    koa.use(() => inSpan('work', {}, () => setImmediate()));
  });
  const request = ask(port, '/');
  await reached.promise;
  request.destroy();
  t.regex(await tree(2), /^api GET \(server\) .*http.aborted=true\n {2}api work$/);
  t.is(tracing.stats().unfinished, 0);
});

test('a body that fails midway is an error with its reason', async (t) => {
  const { url, tracing, tree } = await startApp(t, (_, router) => {
    router.get('/broken', (ctx) => {
      ctx.body = Readable.from(
        (async function* () {
          yield 'first';
          throw new RangeError('the disk is gone');
        })(),
      );
    });
  });
  await t.throwsAsync(async () => (await fetch(`${url}/broken`)).text());
  t.regex(await tree(1), /ERROR .*http.status_code=200 http.aborted=true$/);
  t.like(tracing.spans[0]?.logs[0]?.fields, { 'error.kind': 'RangeError', message: 'the disk is gone' });
});

test('an error thrown behind the head is shown', async (t) => {
  const { port, tracing, tree } = await startApp(t, (_, router) => {
    router.get('/torn', (ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200);
      ctx.res.write('first');
      setTimeout(() => ctx.res.destroy(), 1);
      throw new Error('torn');
    });
  });
  const request = ask(port, '/torn');
  const [response] = await once(request, 'response');
  response.on('error', () => {}).resume();
  t.regex(await tree(1), /ERROR/);
  t.like(tracing.spans[0]?.logs[0]?.fields, { message: 'torn' });
});

test('what is no HTTP in a body is the client’s fault, and no error of the request', async (t) => {
  const { port, tree, tracing } = await startApp(t, (app) =>
    app.use(async (ctx) => {
      ctx.body = await buffer(ctx.req);
    }),
  );
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: api\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n');
  await buffer(socket);
  t.is(await tree(1), 'api POST (server) http.method=POST http.aborted=true');
  t.is(tracing.spans[0]?.tags['error'], undefined);
});

test('an answer that was written but not taken has no status: the client may have seen none', async (t) => {
  const { url, tree } = await startApp(t, (app) =>
    app.use((ctx) => {
      ctx.respond = false;
      ctx.res.end(Buffer.alloc(50_000_000));
      ctx.req.socket.destroy();
    }),
  );
  await t.throwsAsync(fetch(url).then((reply) => reply.text()));
  t.is(await tree(1), 'api GET (server) http.method=GET http.aborted=true');
});
