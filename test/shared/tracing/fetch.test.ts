/** Outgoing HTTP: one client span for each `fetch`, whatever becomes of it. Serial: the global tracer is one for all. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import opentracing from 'opentracing';
import { createTracing, currentSpan, inSpan, tracedFetch } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';

async function startServer(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.serial('a request is a client span whose context the server is told', async (t) => {
  const tracing = createMemoryTracing();
  let seen: IncomingMessage | undefined;
  const url = await startServer(t, (request, response) => {
    seen = request;
    response.end('fine');
  });
  const headers = { 'x-own': 'yes' };
  const text = await inSpan('work', {}, async (span) => {
    span.setBaggageItem('tenant', 'blå');
    return (await tracedFetch(`${url}/path?token=1`, { method: 'post', body: 'x', headers })).text();
  });
  t.is(text, 'fine');
  t.deepEqual(headers, { 'x-own': 'yes' }, 'the caller’s headers stay as they are');
  matchTree(tracing.spans, 'test work\n  test POST (client)');
  const [client] = tracing.spans;
  t.like(client?.tags, {
    component: 'http',
    'http.method': 'POST',
    'http.url': `${url}/path`,
    'http.status_code': 200,
    'peer.service': new URL(url).host,
  });
  t.is(seen?.headers['uber-trace-id'], `${client?.traceId}:${client?.spanId}:${client?.parentId}:1`);
  t.is(seen?.headers['uberctx-tenant'], encodeURIComponent('blå'));
  t.is(seen?.headers['x-own'], 'yes');
});

test.serial('outside of a trace it is a trace of its own', async (t) => {
  const tracing = createMemoryTracing();
  const url = await startServer(t, (_, response) => response.end());
  await tracedFetch(new Request(url, { method: 'DELETE', headers: { 'x-own': 'yes' } }));
  matchTree(tracing.spans, 'test DELETE (client)');
  t.is(currentSpan(), undefined);
});

test.serial('an answer from 400 on is an error, and still the answer', async (t) => {
  const tracing = createMemoryTracing();
  const url = await startServer(t, (_, response) => response.writeHead(404).end('none'));
  t.is((await tracedFetch(url)).status, 404);
  matchTree(tracing.spans, 'test GET (client) ERROR');
});

test.serial('redirects are followed within the span, which shows where they led', async (t) => {
  const tracing = createMemoryTracing();
  const url = await startServer(t, ({ url: path }, response) =>
    path?.startsWith('/end')
      ? response.end('there')
      : response.writeHead(302, { location: '/end?secret=1' }).end(),
  );
  t.is(await (await tracedFetch(url)).text(), 'there');
  matchTree(tracing.spans, 'test GET (client)');
  t.is(tracing.spans[0]?.tags['http.redirected_to'], `${url}/end`);
});

test.serial('a refused connection, a time-out and an abort are errors with their reasons', async (t) => {
  const tracing = createMemoryTracing();
  const silent = await startServer(t, () => {});
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');

  await t.throwsAsync(tracedFetch(`http://127.0.0.1:${port}`), { message: 'fetch failed' });
  await t.throwsAsync(tracedFetch(silent, { signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
  const controller = new AbortController();
  const aborted = tracedFetch(silent, { signal: controller.signal });
  controller.abort(new Error('no longer wanted'));
  await t.throwsAsync(aborted, { message: 'no longer wanted' });
  await t.throwsAsync(tracedFetch('no address'), { instanceOf: TypeError });

  const reasons = tracing.spans.map(({ logs }) => logs[0]?.fields['message']);
  t.regex(String(reasons[0]), /ECONNREFUSED/);
  t.regex(String(reasons[1]), /aborted due to timeout/);
  t.is(reasons[2], 'no longer wanted');
  t.regex(String(reasons[3]), /Invalid URL/);
  t.is(tracing.stats().unfinished, 0);
});

for (const [title, input] of [
  ['a broken URL', 'http://[::1'],
  ['what is no text', Object.create(null)],
] as const)
  test.serial(`a request to ${title} fails as it does untraced, and leaves no span open`, async (t) => {
    const untraced = await t.throwsAsync(fetch(input), { instanceOf: TypeError });
    const tracing = createMemoryTracing();
    await t.throwsAsync(tracedFetch(input), { instanceOf: TypeError, message: untraced?.message ?? '' });
    matchTree(tracing.spans, 'test GET (client) ERROR');
    t.is(tracing.stats().unfinished, 0);
  });

test.serial('a method that is no text is taken for one, as it is untraced', async (t) => {
  const tracing = createMemoryTracing();
  const methods: (string | undefined)[] = [];
  const url = await startServer(t, ({ method }, response) => {
    methods.push(method);
    response.end();
  });
  const init = { method: { toString: () => 'put' } as unknown as string };
  await fetch(url, init);
  await tracedFetch(url, init);
  t.deepEqual(methods, ['PUT', 'PUT']);
  matchTree(tracing.spans, 'test PUT (client)');
});

/** Says what it says by its class. */
class Settings {
  get method() {
    return 'PUT';
  }

  get body() {
    return 'x';
  }
}

const inits: [string, () => unknown, string][] = [
  ['is a request', () => new Request('http://elsewhere', { method: 'POST', body: 'x' }), 'POST x'],
  [
    'inherits what it says',
    () => Object.create({ method: 'DELETE', headers: { 'x-own': 'yes' } }),
    'DELETE  yes',
  ],
  ['is of a class', () => new Settings(), 'PUT x'],
  ['is null', () => null, 'GET '],
  [
    'hides what it says, and throws of what nobody asks',
    () =>
      Object.defineProperties(
        {},
        {
          method: { value: 'POST' },
          body: { value: 'x' },
          other: {
            enumerable: true,
            get() {
              throw new Error('not for you');
            },
          },
        },
      ),
    'POST x',
  ],
  [
    'is frozen',
    () => Object.freeze({ method: 'PUT', body: 'x', headers: Object.freeze({ 'x-own': 'yes' }) }),
    'PUT x yes',
  ],
];
for (const [is, createInit, expected] of inits)
  test.serial(`an init that ${is} says the same as without tracing`, async (t) => {
    const url = await startServer(t, async (request, response) => {
      const { method, headers } = request;
      response.end(`${method} ${await text(request)} ${headers['x-own'] ?? ''}`.trimEnd());
    });
    const tracing = createMemoryTracing();
    for (const ask of [fetch, tracedFetch])
      t.is(await (await ask(url, createInit() as RequestInit)).text(), expected.trimEnd());
    t.is(tracing.spans.length, 1);
    t.true(expected.startsWith(tracing.spans[0]?.operation ?? 'none'));
  });

for (const init of ['POST', 7, { headers: null }])
  test.serial(`an init that is ${JSON.stringify(init)} is refused as without tracing`, async (t) => {
    const tracing = createMemoryTracing();
    for (const ask of [fetch, tracedFetch])
      await t.throwsAsync(ask('http://127.0.0.1:1', init as RequestInit), { instanceOf: TypeError });
    t.is(tracing.stats().unfinished, 0);
  });

test.serial('a carrier that is no header is left out', async (t) => {
  const hostile = { 'uberctx-a b': 'x', 'x-broken': 'a\nb', 'x-fine': 'c' };
  class Tracer extends opentracing.Tracer {
    override inject(_context: unknown, _format: string, carrier: object): void {
      Object.assign(carrier, hostile);
    }
  }
  createTracing({ backend: () => new Tracer(), env: {} });
  const seen: unknown[] = [];
  const url = await startServer(t, ({ headers }, response) => {
    seen.push(headers['x-broken'], headers['x-fine']);
    response.end();
  });
  t.is((await tracedFetch(url)).status, 200);
  t.deepEqual(seen, [undefined, 'c']);
});

test.serial('the trace says neither what an address hides nor what a data: address holds', async (t) => {
  const tracing = createMemoryTracing();
  t.is(await (await tracedFetch('data:text/plain,hush')).text(), 'hush');
  const address = 'http://ada:hush@127.0.0.1:1/path?token=hush';
  const untraced = await t.throwsAsync(fetch(address));
  await t.throwsAsync(tracedFetch(address), { message: untraced?.message ?? '' });
  t.notRegex(JSON.stringify(tracing.spans), /hush/);
  t.is(tracing.spans.length, 2);
  t.false('peer.service' in (tracing.spans[0]?.tags ?? {}));
  t.regex(
    String(tracing.spans[1]?.logs[0]?.fields['message']),
    /includes credentials: http:\/\/127.0.0.1:1$/,
  );
});

test.serial('the reason of an abort is told, not what that came from', async (t) => {
  const tracing = createMemoryTracing();
  const silent = await startServer(t, () => {});
  const reason = new Error('the page was left', { cause: new Error('a click') });
  await t.throwsAsync(tracedFetch(silent, { signal: AbortSignal.abort(reason) }), { is: reason });
  t.is(tracing.spans[0]?.logs[0]?.fields['message'], 'the page was left');
});

test.serial('what stands in for fetch may take a copy of the init, and answer nothing', async (t) => {
  createMemoryTracing();
  const { fetch } = globalThis;
  t.teardown(() => {
    globalThis.fetch = fetch;
  });
  const inits: RequestInit[] = [];
  globalThis.fetch = (async (_: unknown, init: RequestInit) => void inits.push({ ...init })) as never;
  t.is(await tracedFetch('http://127.0.0.1:1', { method: 'PUT' }), undefined as never);
  t.is(inits[0]?.method, 'PUT');
  t.true(new Headers(inits[0]?.headers).has('uber-trace-id'));
});
