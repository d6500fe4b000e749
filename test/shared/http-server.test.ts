import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { ListenError, startServer } from '#shared/http-server.ts';

const LONG_MS = 60_000;
/** Somebody who listens on a free port. */
const address = {
  host: '127.0.0.1',
  port: 0,
  name: 'gateway',
  variables: { host: 'GATEWAY_HOST', port: 'GATEWAY_PORT' },
};

/** A server on a free port, which ends with the test. */
async function start(t: ExecutionContext, listener: RequestListener) {
  // Node itself closes what idles, but much later.
  t.timeout(10_000);
  const server = await startServer(listener, address);
  t.teardown(() => server.close({ deadlineMs: 0 }));
  return server;
}

/** A server whose answers wait until they are let go. */
async function startSlowServer(t: ExecutionContext) {
  const asked = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const server = await start(t, async (_, response) => {
    asked.resolve();
    await letGo.promise;
    response.end('answer');
  });
  return { server, asked: asked.promise, letGo: letGo.resolve };
}

/** A connection of its own, which ends with the test. */
async function open(t: ExecutionContext, url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

async function reply(url: string, agent?: Agent): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => get(url, { agent }, resolve).on('error', reject));
}

test('a port in use is one clear line that says what to do', async (t) => {
  const { url } = await start(t, () => {});
  const port = Number(new URL(url).port);
  const error = await t.throwsAsync(
    startServer(() => {}, { ...address, port }),
    { instanceOf: ListenError },
  );
  t.is(
    error?.message,
    `The gateway cannot listen on 127.0.0.1 port ${port}: the port is in use. ` +
      'Stop what listens there, or set GATEWAY_PORT to another port',
  );
});

test('an address of another machine is one clear line too', async (t) => {
  await t.throwsAsync(
    startServer(() => {}, { ...address, host: '192.0.2.1' }),
    { message: /set GATEWAY_HOST/i },
  );
});

test('the URL of an IPv6 address has brackets', async (t) => {
  const server = await startServer(() => {}, { ...address, host: '::1' }).catch(() => undefined);
  if (server === undefined) return t.log('skipped: this machine has no IPv6');
  await server.close({ deadlineMs: 0 });
  t.regex(server.url, /^http:\/\/\[::1\]:\d+$/);
});

test('what runs is answered before the server is closed, and no new connection is taken', async (t) => {
  const { server, asked, letGo } = await startSlowServer(t);
  const answer = reply(server.url);
  await asked;
  const closed = server.close({ deadlineMs: LONG_MS });
  await t.throwsAsync(reply(server.url), { code: 'ECONNREFUSED' });
  letGo();
  const { headers, statusCode } = await answer;
  t.is(statusCode, 200);
  t.is(headers.connection, 'close');
  t.is(await text(await answer), 'answer');
  await closed;
});

test('an answer of which the head is out already is finished too', async (t) => {
  const letGo = Promise.withResolvers<void>();
  const server = await start(t, async (_, response) => {
    response.write('first, ');
    await letGo.promise;
    response.end('last');
  });
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const answer = await reply(server.url, agent);
  const closed = server.close({ deadlineMs: LONG_MS });
  letGo.resolve();
  t.is(await text(answer), 'first, last');
  await closed;
});

test('connections that idle are closed soon, used before or not', async (t) => {
  const server = await start(t, (_, response) => response.end('answer'));
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  t.is(await text(await reply(server.url, agent)), 'answer');
  const silent = await open(t, server.url);
  const silentClosed = once(silent.resume(), 'close');
  // One more answer, so that the server has surely seen the connection before.
  t.is(await text(await reply(server.url, agent)), 'answer');
  await server.close({ deadlineMs: LONG_MS });
  await silentClosed;
  t.pass();
});

test('a request on a connection that was open before is still answered, and told to go elsewhere', async (t) => {
  const { server, asked, letGo } = await startSlowServer(t);
  const socket = await open(t, server.url);
  socket.write('GET /one HTTP/1.1\r\nhost: a\r\n\r\n');
  await asked;
  const closed = server.close({ deadlineMs: LONG_MS });
  letGo();
  t.regex(await text(socket), /^HTTP\/1.1 200 OK\r\n.*connection: close/is);
  await closed;
});

test('a request that comes on a connection that idled as the stop began is answered, and told the same', async (t) => {
  const server = await start(t, (_, response) => response.end('answer'));
  const socket = await open(t, server.url);
  socket.write('GET /one HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(socket, 'data');
  const unused = await open(t, server.url);
  t.is(await text(await reply(server.url)), 'answer');
  const closed = server.close({ deadlineMs: LONG_MS });
  for (const late of [socket, unused]) {
    late.write('GET /two HTTP/1.1\r\nhost: a\r\n\r\n');
    t.regex(await text(late), /^HTTP\/1.1 200 OK\r\n.*connection: close/is);
  }
  await closed;
});

test('a request of which the end comes during the stop is answered, and told the same', async (t) => {
  const server = await start(t, (_, response) => response.end('answer'));
  const socket = await open(t, server.url);
  socket.write('GET / HTTP/1.1\r\nho');
  // One whole answer, so that the server has surely read the half before.
  t.is(await text(await reply(server.url)), 'answer');
  const closed = server.close({ deadlineMs: LONG_MS });
  socket.write('st: a\r\n\r\n');
  t.regex(await text(socket), /^HTTP\/1.1 200 OK\r\n.*connection: close/is);
  await closed;
});

test('what has not ended at the deadline is cut off', async (t) => {
  const { server, asked } = await startSlowServer(t);
  const answer = t.throwsAsync(reply(server.url), { code: 'ECONNRESET' });
  await asked;
  const half = await open(t, server.url);
  half.write('GET / HTTP/1.1\r\nho');
  await server.close({ deadlineMs: 50 });
  await answer;
});

test('closing twice is no trouble', async (t) => {
  const server = await start(t, () => {});
  await Promise.all([server.close({ deadlineMs: 10 }), server.close({ deadlineMs: 10 })]);
  await t.notThrowsAsync(server.close({ deadlineMs: 10 }));
});
