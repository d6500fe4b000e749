import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ServiceBroker } from 'moleculer';
import type { LoopbackNode } from '#shared/loopback-nodes.ts';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { until } from '../helpers/until.ts';

/** A mesh of its own: a folder that only this test's nodes know. */
function createMesh(t: ExecutionContext) {
  const tmp = mkdtempSync(join(tmpdir(), 'loopback-tcp-'));
  t.teardown(() => rmSync(tmp, { recursive: true, force: true }));
  return { namespace: '', root: tmp, tmp };
}

type Mesh = ReturnType<typeof createMesh>;

/** Starts a node with one service of its own name in this process. */
async function startNode(t: ExecutionContext, nodeID: string, mesh: Mesh): Promise<ServiceBroker> {
  const broker = new ServiceBroker({
    nodeID,
    logger: false,
    requestTimeout: 5000,
    dependencyInterval: 10,
    transit: { serviceChangedDebounceTime: 10 } as object,
    transporter: new LoopbackTcp(mesh),
    skipProcessEventRegistration: true,
  });
  broker.createService({ name: nodeID, actions: { where: () => nodeID } });
  await broker.start();
  t.teardown(() => broker.stop());
  return broker;
}

/** Starts the same in a process of its own, which may be killed. */
async function startProcess(t: ExecutionContext, nodeID: string, mesh: Mesh) {
  const child = fork(join(import.meta.dirname, 'loopback-node.ts'), [nodeID, mesh.root, mesh.tmp]);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

const othersOf = (broker: ServiceBroker) =>
  broker.registry
    .getNodeList({ onlyAvailable: true })
    .map(({ id }) => id)
    .filter((id) => id !== broker.nodeID)
    .sort();

/** Resolves when `broker` sees these nodes, no more and no fewer. */
async function sees(broker: ServiceBroker, ...expected: string[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (othersOf(broker).join() !== expected.join()) {
    if (Date.now() > deadline) throw new Error(`${broker.nodeID} sees ${othersOf(broker)}, not ${expected}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const written = (mesh: Mesh): LoopbackNode[] => {
  const [folder = ''] = readdirSync(mesh.tmp);
  const files = readdirSync(join(mesh.tmp, folder));
  return files.map((name) => JSON.parse(readFileSync(join(mesh.tmp, folder, name), 'utf8')));
};

test('nodes that start together find and call each other', async (t) => {
  const mesh = createMesh(t);
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => startNode(t, id, mesh)));
  if (!a || !b || !c) throw new Error('no nodes');
  await Promise.all([
    a.waitForServices(['b', 'c']),
    b.waitForServices(['a', 'c']),
    c.waitForServices(['a', 'b']),
  ]);
  t.is(await a.call('c.where'), 'c');
  t.is(await c.call('b.where'), 'b');
});

test('a node that comes late finds all others, and they it', async (t) => {
  const mesh = createMesh(t);
  const a = await startNode(t, 'a', mesh);
  const b = await startNode(t, 'b', mesh);
  const late = await startNode(t, 'late', mesh);
  await Promise.all([late.waitForServices(['a', 'b']), a.waitForServices('late'), b.waitForServices('late')]);
  t.is(await late.call('a.where'), 'a');
  t.is(await a.call('late.where'), 'late');
});

test('the mesh survives the death of its first node, and newcomers join what is left', async (t) => {
  const mesh = createMesh(t);
  const first = await startProcess(t, 'first', mesh);
  const second = await startNode(t, 'second', mesh);
  await second.waitForServices('first');
  first.kill('SIGKILL');
  // Until it is reaped it counts as alive, and its file stays.
  await once(first, 'exit');
  await sees(second);

  const third = await startNode(t, 'third', mesh);
  await Promise.all([second.waitForServices('third'), third.waitForServices('second')]);
  t.deepEqual(othersOf(third), ['second']);
  await until(() => written(mesh).every(({ id }) => id !== 'first'));
  t.deepEqual(
    written(mesh)
      .map(({ id }) => id)
      .sort(),
    ['second', 'third'],
  );
});

test('a node that stops is seen to leave, and leaves nothing behind', async (t) => {
  const mesh = createMesh(t);
  const stays = await startNode(t, 'stays', mesh);
  const leaves = await startNode(t, 'leaves', mesh);
  await stays.waitForServices('leaves');
  await leaves.stop();
  await sees(stays);
  t.deepEqual(
    written(mesh).map(({ id }) => id),
    ['stays'],
  );
});

test('two meshes on one machine do not see each other', async (t) => {
  const mesh = createMesh(t);
  const one = await startNode(t, 'one', mesh);
  const other = await startNode(t, 'other', { ...mesh, namespace: 'other' });
  const witness = await startNode(t, 'witness', mesh);
  await Promise.all([one.waitForServices('witness'), witness.waitForServices('one')]);
  t.deepEqual(othersOf(one), ['witness']);
  t.deepEqual(othersOf(other), []);
});

test('it listens on 127.0.0.1 and nowhere else', async (t) => {
  const mesh = createMesh(t);
  await startNode(t, 'a', mesh);
  const [a] = written(mesh);
  const port = a?.port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = readFileSync('/proc/net/tcp', 'utf8') + readFileSync('/proc/net/tcp6', 'utf8');
  const listening = sockets.split('\n').filter((line) => line.includes(`:${port} `) && line.includes(' 0A '));
  t.is(listening.length, 1);
  t.regex(listening[0] ?? '', /^ *\d+: 0100007F:/);
});

/** Sends one packet in the transporter's framing and waits for the other side to end the connection. */
async function knock(port: number, type: number, payload: unknown): Promise<void> {
  const message = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const header = Buffer.alloc(6);
  header.writeInt32BE(message.length + 6, 1);
  header.writeInt8(type, 5);
  header[0] = header.subarray(1).reduce((crc, byte) => crc ^ byte);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}).write(Buffer.concat([header, message]));
  await once(socket, 'close');
}

const HELLO = 8;
const REQUEST = 2;

for (const [title, type, payload] of [
  ['a hello without the pass', HELLO, { sender: 'x', host: '127.0.0.1', port: 1 }],
  ['a hello with a wrong pass', HELLO, { sender: 'x', host: '127.0.0.1', port: 1, pass: 'x'.repeat(32) }],
  ['a hello that is no JSON', HELLO, 'hello'],
  ['a hello that is null', HELLO, null],
  [
    'a request before any hello',
    REQUEST,
    { sender: 'x', ver: '5', id: '1', action: 'a.where', params: {}, meta: {} },
  ],
] as const) {
  test(`${title} ends the connection, and nobody else's`, async (t) => {
    const mesh = createMesh(t);
    const a = await startNode(t, 'a', mesh);
    const b = await startNode(t, 'b', mesh);
    await a.waitForServices('b');
    await knock(written(mesh).find(({ id }) => id === 'a')?.port ?? 0, type, payload);
    t.false(a.registry.nodes.has('x'));
    t.is(await b.call('a.where'), 'a');
  });
}

test('a folder that cannot be had is reported, and no port is opened', async (t) => {
  const transporter = new LoopbackTcp({ ...createMesh(t), tmp: '/no/such/folder' });
  new ServiceBroker({ logger: false, transporter, skipProcessEventRegistration: true });
  await t.throwsAsync(() => transporter.connect(), { message: /no such file.*\/no\/such\/folder/ });
  t.falsy(transporter.reader);
});
