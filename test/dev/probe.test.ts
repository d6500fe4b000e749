import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { answers, isFree, isOpenNats } from '../../dev/probe.ts';
import { natsTest, startNats } from '../helpers/nats.ts';

/** Listens, and does this with each connection. */
async function startServer(t: ExecutionContext, greet: (socket: Socket) => void = () => {}) {
  const server = createServer((socket) => greet(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** An address where nothing listens (any more). */
async function unusedAddress() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return { host: '127.0.0.1', port };
}

test('something that listens answers, and its port is not free', async (t) => {
  const address = await startServer(t);
  t.true(await answers(address));
  t.false(await isFree(address));
});

test('where nothing listens nothing answers, and the port is free', async (t) => {
  const address = await unusedAddress();
  t.false(await answers(address));
  t.true(await isFree(address));
});

test('a host that does not exist does not answer', async (t) => {
  t.false(await answers({ host: 'no-such-host.invalid', port: 1 }));
});

for (const [title, greet] of [
  ['says something else', (socket: Socket) => socket.write('220 mail.example ESMTP\r\n')],
  ['hangs up', (socket: Socket) => socket.destroy()],
  ['says nothing', () => {}],
  ['wants credentials', (socket: Socket) => socket.write('INFO {"auth_required":true}\r\n')],
  ['wants TLS', (socket: Socket) => socket.write('INFO {"tls_required": true}\r\n')],
] as const) {
  test(`a server that ${title} is no NATS to use`, async (t) => {
    t.false(await isOpenNats(await startServer(t, greet)));
  });
}

natsTest('a NATS server is known by its greeting', async (t) => {
  const { port } = await startNats(t);
  t.true(await isOpenNats({ host: '127.0.0.1', port }));
});

natsTest('a NATS server that wants a password is not used unasked', async (t) => {
  const { port } = await startNats(t, '--user', 'ann', '--pass', 'secret');
  t.false(await isOpenNats({ host: '127.0.0.1', port }));
});
