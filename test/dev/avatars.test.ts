import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { findAvatars } from '../../dev/avatars.ts';

/** A port on which something listens until the test has ended, or none any more. */
async function takePort(t: ExecutionContext, { released = false } = {}): Promise<number> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  if (released) await new Promise((resolve) => server.close(resolve));
  else t.teardown(() => server.close());
  return port;
}

test('without any variable it takes the usual port, or a free one where that is in use', async (t) => {
  const free = await takePort(t, { released: true });
  t.deepEqual(await findAvatars({}, free), { port: free });
  t.deepEqual(await findAvatars({ AVATARS_URL: '', AVATARS_PORT: '' }, await takePort(t)), { port: 0 });
});

test('a port that is named is taken, in use or not: the start says so', async (t) => {
  const port = await takePort(t);
  t.deepEqual(await findAvatars({ AVATARS_PORT: String(port) }), { port });
  t.deepEqual(await findAvatars({ AVATARS_PORT: '0' }), { port: 0 });
});

test('a service link of Kubernetes is no port', async (t) => {
  const port = await takePort(t, { released: true });
  t.deepEqual(await findAvatars({ AVATARS_PORT: 'tcp://10.0.0.1:80' }, port), { port });
});

test('an address where something answers, or on another machine, is used as it is', async (t) => {
  t.deepEqual(await findAvatars({ AVATARS_URL: `http://127.0.0.1:${await takePort(t)}` }), {});
  t.deepEqual(await findAvatars({ AVATARS_URL: 'http://avatars.example.org' }), {});
});

test('an address of this machine where nothing answers is filled', async (t) => {
  const port = await takePort(t, { released: true });
  t.deepEqual(await findAvatars({ AVATARS_URL: `http://localhost:${port}` }), { port });
});
