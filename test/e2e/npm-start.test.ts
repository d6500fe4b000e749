/** `npm start` on a machine that has nothing but Node: the one mesh of this file is asked everything. */
import { join } from 'node:path';
import test from 'ava';
import { isFree } from '../../dev/probe.ts';
import { findServices } from '../../dev/services.ts';
import { createFileOwner } from '../helpers/file-owner.ts';
import { type Started, startEverything } from '../helpers/npm-start.ts';
import { descendantsOf, ROOT, runs, startProcess, variablesOf } from '../helpers/processes.ts';
import { isLoopback, socketsOf } from '../helpers/sockets.ts';
import { picture, readTrace, USER_TEST } from '../helpers/traces.ts';

const owner = createFileOwner();
let mesh: Started;
let metricsPort: number;

test.before(async () => {
  metricsPort = await findPorts(findServices(ROOT).length);
  mesh = await startEverything(owner, { env: { METRICS_PORT: String(metricsPort) } });
});

/** The first of so many ports in a row that are free, below those that the system gives to others. */
async function findPorts(count: number): Promise<number> {
  const start = 20_000 + 10 * (process.pid % 900); // not where another test run looks first
  for (let first = start; first < 30_000; first += count) {
    const ports = Array.from({ length: count }, (_, at) => first + at);
    const free = await Promise.all(ports.map((port) => isFree({ host: '127.0.0.1', port })));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no ports are free');
}

/** Sends a request, and reads its trace once that has so many spans. */
async function requestTrace(path: string, spans: number, init?: RequestInit) {
  const response = await fetch(`${mesh.gatewayUrl}${path}`, init);
  const traceId = response.headers.get('x-trace-id') ?? '';
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, traceId, tree: await readTrace(mesh.queryUrl, traceId, { spans }) };
}

test.serial('a request is one trace through three services', async (t) => {
  const { status, body, traceId, tree } = await requestTrace('/user/test', USER_TEST.spans);
  t.is(status, 200);
  t.deepEqual(body, { greeting: 'Hello, users!' });
  t.regex(traceId, /^[0-9a-f]{32}$/);
  t.is(picture(tree), USER_TEST.picture);
});

test.serial('the statements of the users are in their traces', async (t) => {
  const user = { name: 'Ada', email: 'ada@example.com', password: 'correct horse' };
  const created = await requestTrace('/users', 6, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(user),
  });
  t.is(created.status, 201);
  t.is(
    picture(created.tree),
    `\
gateway POST /users (server)
  gateway users.create (client)
    users users.create (server)
      users INSERT users (client)
      users user.created (producer)
        ~ audit user.created (consumer)`,
  );
  const found = await requestTrace(`/users/${created.body['id']}`, 4);
  t.is(
    picture(found.tree),
    `\
gateway GET /users/:id (server)
  gateway users.get (client)
    users users.get (server)
      users SELECT users (client)`,
  );
});

test.serial('npm run trace prints the tree', async (t) => {
  const { traceId } = await requestTrace('/user/test', USER_TEST.spans);
  const command = ['npm', 'run', 'trace', '--', traceId];
  const trace = startProcess(t, command, { env: { JAEGER_QUERY_URL: mesh.queryUrl, NO_COLOR: '1' } });
  t.deepEqual(await trace.ended, { code: 0, signal: null });
  for (const operation of ['GET /user/test', 'users.test', 'hello.greet'])
    t.true(trace.output().includes(operation));
});

test.serial('log lines have the process in front, and the trace in them', async (t) => {
  const { traceId } = await requestTrace('/user/test', USER_TEST.spans);
  const [line] = await mesh.launcher.line(new RegExp(`^gateway \\| \\{.*"traceId":"${traceId}".*\\}$`));
  t.is(JSON.parse(line.slice(line.indexOf('{'))).status, 200);
});

test.serial('each node tells of itself on a port of its own', async (t) => {
  await fetch(`${mesh.gatewayUrl}/user/test`);
  const told = findServices(ROOT).map(async ({ name }, at) => {
    const url = `http://127.0.0.1:${metricsPort + at}`;
    t.is((await fetch(`${url}/health/ready`)).status, 200, name);
    return (await fetch(`${url}/metrics`)).text();
  });
  const all = (await Promise.all(told)).join('\n');
  for (const action of ['users.test', 'hello.greet'])
    t.regex(all, new RegExp(`moleculer_action_duration_seconds_count\\{action="${action}",outcome="ok"\\}`));
});

test.serial('no socket can be reached from another machine', (t) => {
  const sockets = socketsOf([mesh.launcher.pid, ...descendantsOf(mesh.launcher.pid)]);
  const nodes = findServices(ROOT).length;
  const meshed = /^starting .* over loopback TCP/m.test(mesh.launcher.output()) ? nodes + 1 : 0;
  t.is(
    sockets.filter(({ isListening }) => isListening).length,
    5 + nodes + meshed,
    "three of the stand-in, the avatars', the gateway's, the metrics' of each node, and the mesh's",
  );
  t.deepEqual(
    sockets.filter(({ address }) => !isLoopback(address)),
    [],
  );
});

test.serial('every process finds what an earlier start has compiled', (t) => {
  const folders = descendantsOf(mesh.launcher.pid)
    .map((pid) => variablesOf(pid).get('NODE_COMPILE_CACHE'))
    .filter((folder) => folder !== undefined);
  t.deepEqual(folders, Array(findServices(ROOT).length + 3).fill(join(ROOT, 'node_modules/.cache/node')));
});

test.serial('another npm start of the same folder is a mesh of its own', async (t) => {
  const env = { TMPDIR: mesh.env['TMPDIR'] ?? '' };
  const other = await startEverything(t, { command: ['node', 'dev.ts'], env });
  const [, namespace] = await other.launcher.line(/namespace (\S+) beside another npm start/);
  t.is(namespace, `tracemesh-${other.launcher.pid}`);
  const requests = [mesh, other].flatMap(({ gatewayUrl, queryUrl }) =>
    Array.from({ length: 4 }, async () => {
      const { headers } = await fetch(`${gatewayUrl}/user/test`);
      return picture(await readTrace(queryUrl, headers.get('x-trace-id') ?? '', { spans: USER_TEST.spans }));
    }),
  );
  t.deepEqual(await Promise.all(requests), Array(8).fill(USER_TEST.picture));
});

test.serial('in production there is no lab, and everything else is there', async (t) => {
  const env = { NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(32), TMPDIR: mesh.env['TMPDIR'] ?? '' };
  const { launcher, gatewayUrl } = await startEverything(t, { command: ['node', 'dev.ts'], env });
  await launcher.line(/^starting gateway, audit, hello, users over /);
  t.is((await fetch(`${gatewayUrl}/user/test`)).status, 200);
  t.is((await fetch(`${gatewayUrl}/lab/n-plus-one`)).status, 404);
});

test.serial('SIGTERM to npm closes everything and exits with 0', async (t) => {
  const pids = descendantsOf(mesh.launcher.pid);
  t.is(pids.length, findServices(ROOT).length + 4, 'the launcher, the stand-in, avatars, the gateway');
  mesh.launcher.child.kill('SIGTERM');
  t.deepEqual(await mesh.launcher.ended, { code: 0, signal: null }, mesh.launcher.output());
  t.deepEqual(pids.filter(runs), []);
});
