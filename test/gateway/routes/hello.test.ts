import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import test from 'ava';
import { matchTree, noOrphans } from '#shared/tracing/testing.ts';
import helloService from '../../../services/hello/hello.service.ts';
import { startGateway } from '../../helpers/gateway.ts';
import { until } from '../../helpers/until.ts';

test('GET /hello/:name greets whoever is named, in any script', async (t) => {
  const { send } = await startGateway(t);
  for (const name of ['Ada', 'a/b', 'محمد', '👩‍🚀', "Robert'); --", '<script>']) {
    const { status, json } = await send('GET', `/hello/${encodeURIComponent(name)}`);
    t.is(status, 200);
    t.deepEqual(json, { greeting: `Hello, ${name}!` });
  }
});

for (const name of ['%00', '%0A', '%20', 'x'.repeat(101)]) {
  test(`GET /hello/${name.slice(0, 9)} answers 422 and names the field`, async (t) => {
    const { send } = await startGateway(t);
    const { status, json } = await send('GET', `/hello/${name}`);
    t.is(status, 422);
    t.is(json.error.details[0].field, 'name');
  });
}

const stream = (greeting: string, count: number) => `${JSON.stringify({ greeting })}\n`.repeat(count);

test('GET /hello/:name/stream answers a line a greeting', async (t) => {
  const { send, tracing } = await startGateway(t);
  const { status, headers, text } = await send('GET', '/hello/Ada%20L/stream');
  t.is(status, 200);
  t.is(headers['content-type'], 'application/x-ndjson');
  t.is(text, stream('Hello, Ada L!', 5));
  t.is((await send('GET', '/hello/Ada/stream?count=1000')).text, stream('Hello, Ada!', 1000));

  await until(() => tracing.stats().unfinished === 0);
  noOrphans(tracing.spans);
  matchTree(
    tracing.spans.filter(({ traceId }) => traceId === headers['x-trace-id']),
    `
    gateway GET /hello/:name/stream (server)
      gateway hello.stream (client) stream.received.chunks=5
        hello hello.stream (server) stream.sent.chunks=5`,
    { tags: ['stream.received.chunks', 'stream.sent.chunks'] },
  );
});

test('a stream is not sent for a HEAD, and nothing of it is left', async (t) => {
  const { send, tracing } = await startGateway(t);
  const { status, text } = await send('HEAD', '/hello/Ada/stream?count=1000');
  t.is(status, 200);
  t.is(text, '');
  await until(() => tracing.stats().unfinished === 0);
});

for (const query of [
  'count=0',
  'count=1001',
  'count=-1',
  'count=many',
  'count=1&count=2',
  'cuont=1',
  'name=Eve',
]) {
  test(`GET /hello/:name/stream?${query} answers 422`, async (t) => {
    const { send } = await startGateway(t);
    const { status, json } = await send('GET', `/hello/Ada/stream?${query}`);
    t.is(status, 422);
    t.is(json.error.details[0].field, query.split('=')[0]);
  });
}

/** A hello service whose stream is the test's own. */
function helloWith(stream: () => Readable) {
  return { ...helloService, actions: { stream } };
}

test('lines go out as they come, no faster than they are read, and the client may leave in the middle', async (t) => {
  let made = 0;
  const endless = new Readable({
    objectMode: true,
    read() {
      this.push({ greeting: 'x'.repeat(1000), made: ++made });
    },
  });
  const { url, tracing, logLines, send } = await startGateway(t, { services: [helloWith(() => endless)] });
  const [reply] = (await once(get(`${url}/hello/Ada/stream`), 'response')) as [IncomingMessage];
  await once(reply, 'readable');
  t.regex(String(reply.read()), /^\{"greeting":"x+","made":1\}\n/);

  // Nobody reads on: it comes to a stand when all buffers between here and there are full.
  let before = -1;
  await until(() => {
    const stands = made === before;
    before = made;
    return stands;
  });
  t.true(made < 100_000);

  reply.destroy();
  await until(() => endless.destroyed && tracing.stats().unfinished === 0);
  await until(() => logLines().length === 1);
  t.like(logLines()[0], { status: 499, level: 30, route: '/hello/:name/stream' });
  t.is((await send('GET', '/nowhere')).status, 404);
});

test('a stream that fails before its first line is answered as an error', async (t) => {
  const failing = () =>
    new Readable({
      objectMode: true,
      read() {
        this.destroy(new Error('no line at all'));
      },
    });
  const { send } = await startGateway(t, { services: [helloWith(failing)] });
  const { status, json, headers } = await send('GET', '/hello/Ada/stream');
  t.is(status, 500);
  t.like(json.error, { code: 'INTERNAL_ERROR', traceId: headers['x-trace-id'] });
});

test('a stream without a first line is answered with 504 at the deadline, and ended', async (t) => {
  const silent = new Readable({ objectMode: true, read() {} });
  const { send, tracing } = await startGateway(t, {
    services: [helloWith(() => silent)],
    app: { deadlineMs: 50 },
  });
  const { status, json } = await send('GET', '/hello/Ada/stream');
  t.is(status, 504);
  t.is(json.error.code, 'DEADLINE_EXCEEDED');
  await until(() => silent.destroyed && tracing.stats().unfinished === 0);
});

test('a client that leaves before the first line ends the stream, and is no failure', async (t) => {
  const silent = new Readable({ objectMode: true, read() {} });
  let isAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const { url, tracing, logLines } = await startGateway(t, {
    services: [
      helloWith(() => {
        isAsked();
        return silent;
      }),
    ],
  });
  const request = get(`${url}/hello/Ada/stream`).on('error', () => {});
  await asked;
  request.destroy();
  await until(() => silent.destroyed && tracing.stats().unfinished === 0 && logLines().length === 1);
  t.like(logLines()[0], { status: 499, level: 30 });
});

test('a stream that fails in the middle breaks the answer off, and the trace and the log say why', async (t) => {
  const lines = new Readable({ objectMode: true, read() {} });
  const { url, tracing, logLines } = await startGateway(t, { services: [helloWith(() => lines)] });
  lines.push({ greeting: 'first' });
  const [reply] = (await once(get(`${url}/hello/Ada/stream`), 'response')) as [IncomingMessage];
  await once(reply, 'data');
  lines.destroy(new Error('broken off'));
  await t.throwsAsync(once(reply, 'end'), { code: 'ECONNRESET' });

  await until(() => tracing.stats().unfinished === 0 && logLines().length === 1);
  t.like(logLines()[0], { level: 50, err: { message: 'broken off' } });
  matchTree(
    tracing.spans,
    `
    gateway GET /hello/:name/stream (server) ERROR
      gateway hello.stream (client) ERROR
        hello hello.stream (server) ERROR`,
  );
});
