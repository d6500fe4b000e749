import { once } from 'node:events';
import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { type Outcome, postPayload, type Target } from '#shared/tracing/reporter/send.ts';
import { until } from '../../../helpers/until.ts';
import {
  accept,
  answer,
  type Behaviour,
  batch,
  garble,
  hang,
  hangAfterHead,
  loseAnswer,
  reset,
  startCollector,
} from './collector.ts';
import { ManualClock } from './manual-clock.ts';

function createTarget(endpoint: string, clock = new ManualClock()): Target & { clock: ManualClock } {
  return {
    url: new URL(endpoint),
    headers: { 'content-type': 'application/x-thrift' },
    agent: new Agent(),
    clock,
    connectTimeoutMs: 3_000,
    responseTimeoutMs: 10_000,
    maxRetryAfterMs: 60_000,
  };
}

const outcomes: [title: string, behaviour: Behaviour, expected: Outcome | RegExp][] = [
  ['202 is accepted', accept, { kind: 'accepted' }],
  ['204 is accepted', answer(204), { kind: 'accepted' }],
  ['400 is refused for good', answer(400), { kind: 'rejected', detail: 'answered 400' }],
  [
    'a refusal is quoted, on one line',
    answer(400, {}, ' Unable to\r\n process\u0007 request \0'),
    { kind: 'rejected', detail: 'answered 400: Unable to process request' },
  ],
  ['401 is refused for good', answer(401), { kind: 'rejected', detail: 'answered 401' }],
  ['413 is refused for good', answer(413), { kind: 'rejected', detail: 'answered 413' }],
  [
    'a redirect is not followed',
    answer(307, { location: 'http://127.0.0.1:1/' }),
    { kind: 'rejected', detail: 'answered 307' },
  ],
  ['408 may pass', answer(408), { kind: 'failed', detail: 'answered 408', retryAfterMs: undefined }],
  [
    '429 may pass',
    answer(429, { 'retry-after': '7' }),
    { kind: 'failed', detail: 'answered 429', retryAfterMs: 7_000 },
  ],
  ['500 may pass', answer(500), { kind: 'failed', detail: 'answered 500', retryAfterMs: undefined }],
  [
    '503 says when',
    answer(503, { 'retry-after': new Date(new ManualClock().now() + 20_000).toUTCString() }),
    { kind: 'failed', detail: 'answered 503', retryAfterMs: 20_000 },
  ],
  ['a reset may pass', reset, /^(read ECONNRESET|socket hang up|write EPIPE)$/],
  ['a reset in place of the answer may pass', loseAnswer, /^(read ECONNRESET|socket hang up)$/],
  ['garbage may pass', garble, /^Parse Error/],
];

for (const [title, behaviour, expected] of outcomes)
  test(title, async (t) => {
    const collector = await startCollector(t, behaviour);
    const outcome = await postPayload(createTarget(collector.endpoint), batch(1)).outcome;
    if (!(expected instanceof RegExp)) t.deepEqual(outcome, expected);
    else if (outcome.kind === 'failed') t.regex(outcome.detail, expected);
    else t.fail(outcome.kind);
  });

test('the request carries type, length and the bytes', async (t) => {
  const collector = await startCollector(t);
  const target = createTarget(collector.endpoint);
  await postPayload({ ...target, headers: { ...target.headers, authorization: 'Bearer 1' } }, batch('id'))
    .outcome;
  const [request] = collector.requests;
  t.like(request, { method: 'POST', url: '/api/traces' });
  t.like(request?.headers, {
    'content-type': 'application/x-thrift',
    'content-length': '100',
    authorization: 'Bearer 1',
  });
  t.deepEqual([...collector.arrived], [['id', 1]]);
});

test('user info in the endpoint becomes basic authentication', async (t) => {
  const collector = await startCollector(t);
  const endpoint = collector.endpoint.replace('//', '//user:p%40ss@');
  await postPayload(createTarget(endpoint), batch(1)).outcome;
  const expected = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
  t.is(collector.requests[0]?.headers.authorization, expected);
});

test('a port that nobody listens on may pass', async (t) => {
  const collector = await startCollector(t);
  await collector.close();
  const outcome = await postPayload(createTarget(collector.endpoint), batch(1)).outcome;
  t.like(outcome, { kind: 'failed' });
  t.regex(outcome.kind === 'failed' ? outcome.detail : '', /ECONNREFUSED/);
});

test('a collector that does not answer is given up at the deadline', async (t) => {
  const collector = await startCollector(t, hang);
  const target = createTarget(collector.endpoint);
  const attempt = postPayload(target, batch(1));
  await until(() => collector.hanging.size === 1);
  target.clock.advance(10_000);
  t.deepEqual(await attempt.outcome, { kind: 'failed', detail: 'no answer within 10000 ms' });
  await until(() => collector.hanging.size === 0);
  t.is(target.clock.timers, 0);
});

test('an answer of 202 without an end is accepted, and its connection closed after a second', async (t) => {
  const collector = await startCollector(t, hangAfterHead);
  const target = createTarget(collector.endpoint);
  const attempt = postPayload(target, batch(1));
  await until(() => collector.hanging.size === 1 && target.clock.timers === 2);
  target.clock.advance(1_000);
  t.deepEqual(await attempt.outcome, { kind: 'accepted' });
  await until(() => collector.hanging.size === 0);
});

test('an endless answer is not read to its end', async (t) => {
  const collector = await startCollector(t, (_request, response) => {
    const pour = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', pour);
    response.writeHead(202);
    pour();
  });
  t.deepEqual(await postPayload(createTarget(collector.endpoint), batch(1)).outcome, { kind: 'accepted' });
});

test('a refusal that comes before all is read is heard, and the connection let go', async (t) => {
  const sockets: Socket[] = [];
  const endpoint = await startRawServer(t, (socket) => {
    sockets.push(socket);
    socket.once('data', () => {
      socket.pause();
      socket.write('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
    });
  });
  const outcome = await postPayload(createTarget(endpoint), batch(1, { bytes: 16 * 1024 * 1024 })).outcome;
  t.deepEqual(outcome, { kind: 'failed', detail: 'answered 503', retryAfterMs: undefined });
  sockets[0]?.resume();
  await until(() => sockets[0]?.destroyed === true);
});

test('a switch of protocols nobody asked for may pass', async (t) => {
  const endpoint = await startRawServer(t, (socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'));
  });
  t.like(await postPayload(createTarget(endpoint), batch(1)).outcome, { kind: 'failed' });
});

test('a connection that is never completed, here by TLS, is given up sooner', async (t) => {
  const clients: Socket[] = [];
  const endpoint = await startRawServer(t, (socket) => clients.push(socket));
  const target = { ...createTarget(endpoint.replace('http:', 'https:')), agent: new HttpsAgent() };
  const attempt = postPayload(target, batch(1));
  await until(() => clients.length === 1);
  target.clock.advance(3_000);
  t.deepEqual(await attempt.outcome, { kind: 'failed', detail: 'no connection within 3000 ms' });
});

test('an attempt can be given up at any time, even before it has a socket', async (t) => {
  const collector = await startCollector(t, hang);
  const target = createTarget(collector.endpoint);
  const early = postPayload(target, batch(1));
  early.abort();
  t.deepEqual(await early.outcome, { kind: 'failed', detail: 'given up' });
  const late = postPayload(target, batch(2));
  await until(() => collector.hanging.size === 1);
  late.abort();
  late.abort();
  t.deepEqual(await late.outcome, { kind: 'failed', detail: 'given up' });
  t.is(target.clock.timers, 0);
});

test('what cannot even be started fails like anything else', async (t) => {
  const target = createTarget('http://127.0.0.1:1/');
  const outcome = await postPayload({ ...target, headers: { 'bad\nname': '' } }, batch(1)).outcome;
  t.regex(outcome.kind === 'failed' ? outcome.detail : '', /Header name/);
});

async function startRawServer(t: ExecutionContext, serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  }).listen(0, '127.0.0.1');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/traces`;
}
