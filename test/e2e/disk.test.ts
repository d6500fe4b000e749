/** The disk of the users is full, or read-only: what they are asked to keep is refused, and what they keep stays whole. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ExecutionContext } from 'ava';
import { createTokens } from '../../gateway/tokens.ts';
import type { TreeSpan } from '../../jaeger/tree/trace-tree.ts';
import { type Collector, startCollector } from '../helpers/collector.ts';
import { createFileOwner } from '../helpers/file-owner.ts';
import { JWT_SECRET, type Mesh, missing, startMesh } from '../helpers/mesh.ts';
import { diskTest, mountDisk, type OwnDisk } from '../helpers/own-disk.ts';
import { type Reply, sendRequest } from '../helpers/requests.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { picture, readTrace } from '../helpers/traces.ts';
import { until } from '../helpers/until.ts';

const owner = createFileOwner();

const DISK_BYTES = 1_000_000;
const ada = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };
const eve = { ...ada, name: 'Eve', email: 'eve@example.org' };

interface Users {
  disk: OwnDisk;
  mesh: Mesh;
  collector: Collector;
  send(method: string, path: string, body?: object): Promise<Reply>;
  /** Of a user whose token comes with every request. */
  path: string;
}

let users: Promise<Users> | undefined;

/** Starts the mesh for the first test that asks: a machine on which nobody may mount a disk needs none. */
function startUsers(): Promise<Users> {
  users ??= start();
  return users;
}

async function start(): Promise<Users> {
  const disk = await mountDisk(owner, temporaryFolder(owner), DISK_BYTES);
  const collector = await startCollector(owner);
  const mesh = await startMesh(owner, {
    services: ['users'],
    env: { JAEGER_ENDPOINT: collector.endpoint, USERS_DB: join(disk.folder, 'users.sqlite') },
    enter: disk.enter,
  });
  const { json: user } = await sendRequest(mesh.gatewayUrl, 'POST', '/users', ada);
  const { token } = await createTokens({ secret: JWT_SECRET }).issue(user.id);
  const headers = { authorization: `Bearer ${token}` };
  const send: Users['send'] = (method, path, body) =>
    sendRequest(mesh.gatewayUrl, method, path, body, headers);
  return { disk, mesh, collector, send, path: `/users/${user.id}` };
}

/** What the trace says of a request, once its answer was found to be one that may be another later. */
async function refusalOf(t: ExecutionContext, reply: Reply, spans: number) {
  t.is(reply.status, 503);
  const traceId = String(reply.headers['x-trace-id']);
  t.like(reply.json.error, { code: 'SERVICE_UNAVAILABLE', traceId });
  t.notRegex(reply.text, /disk|database/);
  const tree = await readTrace((await startUsers()).collector.queryUrl, traceId, { spans });
  return { picture: picture(tree), failures: failuresOf(tree.roots) };
}

/** The messages of failed spans from the outside in, each once. */
function failuresOf(spans: readonly TreeSpan[]): Set<string | null> {
  return new Set(
    spans.flatMap((span) => [...(span.error ? [span.errorMessage] : []), ...failuresOf(span.children)]),
  );
}

/** The rows in a copy of the files as they are, once that was found to be whole; SQLite would not open the links in /proc. */
function read(t: ExecutionContext, disk: OwnDisk): unknown[] {
  const copy = join(temporaryFolder(t), 'users.sqlite');
  for (const part of ['', '-wal']) copyFileSync(`${join(disk.path, 'users.sqlite')}${part}`, copy + part);
  const db = new DatabaseSync(copy);
  try {
    t.deepEqual({ ...db.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    return db
      .prepare('SELECT name FROM users ORDER BY created_at')
      .all()
      .map(({ name }) => name);
  } finally {
    db.close();
  }
}

diskTest(
  'on a full disk writes are 503 and their traces say why; reads go on, and writes with room again',
  async (t) => {
    const { disk, send, path } = await startUsers();
    disk.fill();
    const said = new Set([
      "MoleculerRetryableError: The users' database cannot be used: database or disk is full",
      'Error: database or disk is full',
    ]);
    const registration = await refusalOf(t, await send('POST', '/users', eve), 4);
    t.is(
      registration.picture,
      `\
gateway POST /users (server) ERROR
  gateway users.create (client) ERROR
    users users.create (server) ERROR
      users INSERT users (client) ERROR`,
    );
    t.deepEqual(registration.failures, said);
    const removal = await refusalOf(t, await send('DELETE', path), 4);
    t.is(
      removal.picture,
      `\
gateway DELETE /users/:id (server) ERROR
  gateway users.remove (client) ERROR
    users users.remove (server) ERROR
      users DELETE users (client) ERROR`,
    );
    t.deepEqual(removal.failures, said);
    const change = await refusalOf(t, await send('PATCH', path, { name: 'Countess' }), 22);
    const attempt = `
  gateway users.update (client) ERROR
    users users.update (server) ERROR
      users transaction ERROR
        users BEGIN (client)
        users COMMIT (client) ERROR
        users SELECT users (client)
        users UPDATE users (client)`;
    t.is(change.picture, `gateway PATCH /users/:id (server) ERROR${attempt.repeat(3)}`);
    t.deepEqual(change.failures, said);

    t.is((await send('GET', path)).json.name, 'Ada');
    t.is((await send('GET', '/users')).json.total, 1);
    t.deepEqual(read(t, disk), ['Ada']);
    disk.empty();
    t.is((await send('POST', '/users', eve)).status, 201);
    t.is((await send('PATCH', path, { name: 'Countess' })).status, 200);
    t.deepEqual(read(t, disk), ['Countess', 'Eve']);
  },
);

diskTest(
  'a node that comes back to a read-only disk reads, refuses to write, and its traces say why',
  async (t) => {
    const { disk, mesh, send, path } = await startUsers();
    let node = mesh.nodes[0];
    const restart = async (access: 'ro' | 'rw') => {
      node?.child.kill('SIGKILL');
      await node?.ended;
      disk.remount(access);
      node = await mesh.startService('users');
      await until(async () => !(await missing(mesh.gatewayUrl)).includes('users'));
    };
    t.is((await send('PATCH', path, { name: 'Ada' })).status, 200);
    await restart('ro');
    t.is((await send('GET', path)).json.name, 'Ada');
    const { picture, failures } = await refusalOf(
      t,
      await send('POST', '/users', { ...eve, email: 'e@example.org' }),
      4,
    );
    t.is(
      picture,
      `\
gateway POST /users (server) ERROR
  gateway users.create (client) ERROR
    users users.create (server) ERROR
      users INSERT users (client) ERROR`,
    );
    t.deepEqual(
      failures,
      new Set([
        "MoleculerRetryableError: The users' database cannot be used: attempt to write a readonly database",
        'Error: attempt to write a readonly database',
      ]),
    );
    t.is((await send('DELETE', path)).status, 503);
    await restart('rw');
    t.is((await send('PATCH', path, { name: 'Countess' })).status, 200);
    t.true(read(t, disk).includes('Countess'));
  },
);
