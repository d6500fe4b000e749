import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { Environment } from '#shared/config.ts';
import { findMesh } from '../../dev/mesh.ts';
import { natsTest, startNats } from '../helpers/nats.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

/** Looks from a clone in `root`, for a NATS on `natsPort`: 1 is nobody's. */
function find(t: ExecutionContext, env: Environment, { root = '/home/a/mesh', natsPort = 1 } = {}) {
  return findMesh(env, { root, natsPort, tmp: temporaryFolder(t) });
}

test('without any NATS it is loopback TCP', async (t) => {
  t.deepEqual(await find(t, {}), { variables: { NAMESPACE: 'tracemesh' }, description: 'loopback TCP' });
});

test('a namespace that is set stays', async (t) => {
  t.deepEqual((await find(t, { NAMESPACE: 'mine' })).variables, { NAMESPACE: 'mine' });
});

test('a NATS_URL where nothing answers is an error that says what to do, without the password', async (t) => {
  const error = await t.throwsAsync(find(t, { NATS_URL: 'nats://ann:secret@127.0.0.1:1' }), {
    code: 'LAUNCH_FAILED',
  });
  t.is(
    error?.message,
    'nothing answers at 127.0.0.1:1, the address in NATS_URL: start NATS there, or unset NATS_URL to do without it',
  );
});

test('a NATS_URL that leads to something else is an error that says so at once', async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}).end('220 mail.example ESMTP\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await t.throwsAsync(find(t, { NATS_URL: `nats://ann:secret@${host}` }), {
    code: 'LAUNCH_FAILED',
    message: `what answers at ${host}, the address in NATS_URL, is no NATS: set NATS_URL to the port of its clients, usually 4222`,
  });
});

natsTest('a NATS_URL lacks the credentials that its NATS wants', async (t) => {
  const { port } = await startNats(t, '--user', 'ann', '--pass', 'secret');
  const host = `127.0.0.1:${port}`;
  await t.throwsAsync(find(t, { NATS_URL: `nats://${host}` }), {
    code: 'LAUNCH_FAILED',
    message: `the NATS at ${host} wants credentials: put them into NATS_URL, as in nats://user:password@host:4222`,
  });
  t.is((await find(t, { NATS_URL: `nats://ann:secret@${host}` })).description, `NATS at ${host}`);
});

natsTest('the NATS of NATS_URL is used, with the namespace as it is everywhere', async (t) => {
  const { url, port } = await startNats(t);
  t.deepEqual(await find(t, { NATS_URL: `nats://127.0.0.1:1,${url}` }), {
    variables: {},
    description: `NATS at 127.0.0.1:1, 127.0.0.1:${port}`,
  });
});

natsTest('on a NATS that was merely found, each clone has a namespace of its own', async (t) => {
  const { url, port } = await startNats(t);
  const one = await find(t, {}, { natsPort: port });
  const other = await find(t, {}, { natsPort: port, root: '/home/b/mesh' });
  t.is(one.variables.NATS_URL, url);
  t.regex(one.variables.NAMESPACE ?? '', /^mesh-[0-9a-f]{8}$/);
  t.not(one.variables.NAMESPACE, other.variables.NAMESPACE);
  t.deepEqual((await find(t, {}, { natsPort: port })).variables, one.variables);
});

natsTest('on a NATS that was found, a namespace that is set stays', async (t) => {
  const { url, port } = await startNats(t);
  const { variables } = await find(t, { NAMESPACE: 'mine' }, { natsPort: port });
  t.deepEqual(variables, { NATS_URL: url, NAMESPACE: 'mine' });
});
