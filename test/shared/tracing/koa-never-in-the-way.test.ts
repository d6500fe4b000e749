/** Koa: whatever a client sends and an application does, both get what they would get without tracing. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test from 'ava';
import Koa from 'koa';
import opentracing from 'opentracing';
import { createTracing } from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { listen, startApp } from '../../helpers/koa-app.ts';

/** The bytes of an answer but for those that no two answers share. */
async function answerTo(target: string, port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nhost: api\r\nconnection: close\r\n\r\n`);
  return (await text(socket)).replace(/^(x-trace-id|date): .*\r\n/gim, '');
}

const applications: Record<string, Koa.Middleware> = {
  'does not ask for the path': (ctx) => {
    ctx.body = ctx.url;
  },
  'asks for the path': (ctx) => {
    ctx.body = String(ctx.path);
  },
};

for (const [does, answer] of Object.entries(applications))
  for (const target of ['http://[::1', 'http://[::1/a?b=1', 'http://', 'x://', '//', '*'])
    test(`GET ${target} is answered as without tracing by an application that ${does}`, async (t) => {
      const { port: untraced } = await listen(t, new Koa().use(answer));
      const { port, tracing, tree } = await startApp(t, (koa) => koa.use(answer), { query: true });
      const expected = await answerTo(target, untraced);
      t.is(await answerTo(target, port), expected);
      const status = expected.match(/(?<=^HTTP\/1.1 )\d+/)?.[0];
      t.regex(
        await tree(1),
        new RegExp(`^api GET \\(server\\) .*http.method=GET http.status_code=${status}$`),
      );
      t.regex(String(tracing.spans[0]?.tags['http.url']), /^http:\/\/api(\/\/|\*)?$/);
    });

test('an application may make the url one that is none', async (t) => {
  const { url, tracing, tree } = await startApp(t, (koa) =>
    koa.use((ctx) => {
      ctx.url = 'http://[::1';
      ctx.body = 'fine';
    }),
  );
  t.is(await (await fetch(`${url}/a`)).text(), 'fine');
  t.is(await tree(1), 'api GET (server) http.method=GET http.status_code=200');
  t.deepEqual(tracing.spans[0]?.logs, []);
});

test('a context that cannot be read is said to be so, on a span that ends', async (t) => {
  const { url, tracing, tree } = await startApp(t, (koa) =>
    koa.use((ctx) => {
      ctx.body = 'fine';
      Object.defineProperty(ctx, 'host', {
        get() {
          throw new Error('no host');
        },
      });
    }),
  );
  t.is(await (await fetch(url)).text(), 'fine');
  await tree(1);
  t.deepEqual(
    tracing.spans[0]?.logs.map(({ fields }) => fields),
    [{ event: 'not described', message: 'no host' }],
  );
});

test('an answer that has begun before the tracing goes on', async (t) => {
  const { url, tree } = await startApp(t, (koa) => {
    koa.middleware.unshift(async (ctx, next) => {
      ctx.respond = false;
      ctx.res.writeHead(200).write('begun');
      await next().finally(() => ctx.res.end());
    });
    koa.use((ctx) => {
      ctx.res.write(', ended');
    });
  });
  t.is(await (await fetch(url)).text(), 'begun, ended');
  t.is(await tree(1), 'api GET (server) http.method=GET http.status_code=200');
});

for (const id of ['two\nlines', '日本', 'x'.repeat(70_000)])
  test(`a tracer whose ids begin with ${JSON.stringify(id.slice(0, 9))} leaves the answer as it is`, async (t) => {
    class Context extends opentracing.SpanContext {
      override toTraceId = () => id;
      override toSpanId = () => id;
    }
    class Span extends opentracing.Span {
      override context = () => new Context();
    }
    class Tracer extends opentracing.Tracer {
      override startSpan = () => new Span();
    }
    const tracing = createTracing({ service: 'api', backend: () => new Tracer(), env: {} });
    const answers: Koa.Middleware[] = [
      (ctx) => {
        ctx.body = 'fine';
      },
      () => {
        throw new Error('out of order');
      },
    ];
    for (const answer of answers) {
      const [traced, untraced] = await Promise.all([
        listen(t, new Koa().use(tracing.koa()).use(answer)),
        listen(t, new Koa().use(answer)),
      ]);
      t.is(await answerTo('/', traced.port), await answerTo('/', untraced.port));
      t.false((await fetch(traced.url)).headers.has('x-trace-id'));
    }
  });

test('middlewares of a connection that was upgraded run, with no answer to follow', async (t) => {
  const koa = new Koa();
  const { port, server } = await listen(t, koa);
  const tracing = createMemoryTracing();
  const trace = tracing.koa();
  server.on('upgrade', (request: IncomingMessage, socket) => {
    // As koa-websocket calls those of its own list.
    const ctx = koa.createContext(request, undefined as never);
    trace(ctx, async () => void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: api\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n');
  const [head] = await once(socket, 'data');
  t.regex(String(head), /^HTTP\/1.1 101/);
  t.is(tracing.stats().started, 0);
});
