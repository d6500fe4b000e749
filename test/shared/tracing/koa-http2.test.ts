/** Koa over HTTP/2, by Node's compatible API. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Stream, connect, constants, createSecureServer, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import Koa from 'koa';
import { createMemoryTracing, spanTree } from '#shared/tracing/testing.ts';
import { until } from '../../helpers/until.ts';

const KEY = readFileSync(new URL('../../helpers/tls/key.pem', import.meta.url));
const CERTIFICATE = readFileSync(new URL('../../helpers/tls/certificate.pem', import.meta.url));

/** An application behind `tracing.koa()`, and a client that is connected to it. */
async function startApp(t: ExecutionContext, answer: Koa.Middleware, { tls = false } = {}) {
  const tracing = createMemoryTracing({ service: 'api' });
  const koa = new Koa().use(tracing.koa()).use(answer);
  koa.silent = true;
  const handle = koa.callback();
  const server = tls ? createSecureServer({ key: KEY, cert: CERTIFICATE }, handle) : createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const client = connect(url, { ca: CERTIFICATE, checkServerIdentity: () => undefined });
  t.teardown(() => {
    client.destroy();
    server.close();
  });
  const tree = async (spans: number): Promise<string> => {
    await until(() => tracing.spans.length === spans);
    return spanTree(tracing.spans, { tags: ['http.method', 'http.status_code', 'http.aborted'] });
  };
  return { tracing, url, client, tree };
}

async function answerTo(stream: ClientHttp2Stream) {
  const answer = once(stream, 'response');
  const body = await text(stream);
  const [headers] = await answer;
  return { status: headers[':status'], traceId: headers['x-trace-id'], body };
}

for (const tls of [false, true])
  test(`a request ${tls ? 'over TLS' : 'in the clear'} is a span with the address that was asked for`, async (t) => {
    const answer: Koa.Middleware = (ctx) => {
      ctx.body = 'fine';
    };
    const { client, url, tree, tracing } = await startApp(t, answer, { tls });
    const { status, traceId, body } = await answerTo(client.request({ ':path': '/a?b=1' }));
    client.close();
    t.is(await tree(1), 'api GET (server) http.method=GET http.status_code=200');
    const [span] = tracing.spans;
    t.deepEqual([status, body, traceId], [200, 'fine', span?.traceId]);
    t.is(span?.tags['http.url'], `${url}/a`);
  });

test('an answer that nobody waits for any more is aborted, though HTTP/2 calls it finished', async (t) => {
  const reached = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const { client, tree } = await startApp(t, async (ctx) => {
    ctx.req.once('aborted', gone.resolve);
    reached.resolve();
    await gone.promise;
    ctx.body = 'too late';
  });
  const stream = client.request({ ':path': '/slow' }).on('error', () => {});
  await reached.promise;
  stream.close(constants.NGHTTP2_CANCEL);
  t.is(await tree(1), 'api GET (server) http.method=GET http.aborted=true');
});

test('a failure is said in the words of its status, without a warning of Node', async (t) => {
  const warnings: string[] = [];
  const hear = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', hear);
  t.teardown(() => process.off('warning', hear));
  const { client, tree, tracing } = await startApp(t, (ctx) => {
    ctx.status = 503;
    ctx.body = 'later';
  });
  t.is((await answerTo(client.request({ ':path': '/' }))).status, 503);
  t.is(await tree(1), 'api GET (server) ERROR http.method=GET http.status_code=503');
  t.is(tracing.spans[0]?.logs[0]?.fields['message'], 'answered 503 Service Unavailable');
  t.deepEqual(warnings, []);
});

test('a method that no standard knows is in a tag, not in the name', async (t) => {
  const { client, tree } = await startApp(t, (ctx) => {
    ctx.body = ctx.method;
  });
  t.is((await answerTo(client.request({ ':path': '/', ':method': 'user-7' }))).body, 'user-7');
  t.is(await tree(1), 'api HTTP (server) http.method=user-7 http.status_code=200');
});

test('a request whose client left before the tracing came to it has a span that ends', async (t) => {
  const tracing = createMemoryTracing({ service: 'api' });
  const reached = Promise.withResolvers<void>();
  const koa = new Koa();
  koa.silent = true;
  koa.use(async (ctx, next) => {
    const closed = once(ctx.res, 'close');
    reached.resolve();
    await closed;
    await next();
  });
  koa.use(tracing.koa());
  const server = createServer(koa.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.teardown(() => {
    client.destroy();
    server.close();
  });
  const stream = client.request({ ':path': '/' }).on('error', () => {});
  await reached.promise;
  stream.close(constants.NGHTTP2_CANCEL);
  await until(() => tracing.spans.length === 1);
  t.is(tracing.spans[0]?.tags['http.aborted'], true);
});
