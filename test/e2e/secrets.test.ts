/** Nothing that leaves the processes holds a secret: spans, logs, answers and metrics of a whole run are searched. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { ServiceBroker } from 'moleculer';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { JWT_SECRET, type Mesh, missing, startMesh } from '../helpers/mesh.ts';
import { ROOT } from '../helpers/processes.ts';
import { sendRequest } from '../helpers/requests.ts';
import { findSecrets } from '../helpers/secret-search.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { startThriftCollector } from '../helpers/thrift-collector.ts';
import { until } from '../helpers/until.ts';
import { createSecretRequests } from './secret-requests.ts';

const SERVICES = ['users', 'hello', 'audit'];

/** What all processes tell Prometheus, in both formats. */
async function readMetrics({ gatewayUrl, nodes }: Mesh): Promise<string> {
  const words = await Promise.all(nodes.map(({ ready }) => ready));
  const urls = [gatewayUrl, ...words.map(({ metricsUrl = '' }) => metricsUrl)];
  const replies = urls.flatMap((url) =>
    ['text/plain', 'application/openmetrics-text'].map((accept) =>
      sendRequest(url, 'GET', '/metrics', undefined, { accept }),
    ),
  );
  return (await Promise.all(replies)).map(({ text }) => text).join('\n');
}

/** Calls that no gateway has checked, of somebody within the mesh. */
async function callWithin(t: ExecutionContext, { env }: Mesh, password: string): Promise<void> {
  const transporter = new LoopbackTcp({ namespace: 'tracemesh', root: ROOT, tmp: env['TMPDIR'] ?? '' });
  const broker = new ServiceBroker({ namespace: 'tracemesh', logger: false, transporter });
  await broker.start();
  t.teardown(() => broker.stop());
  await broker.waitForServices('users', 5000, 10);
  const wrong = [
    ['users.create', { name: 'Mallory', email: 'mallory@example.org', password: [password] }],
    ['users.create', { password }],
    ['users.update', { id: 'nobody', password }],
    ['users.auth', { email: 'mallory@example.org', password, pasword: password }],
    ['users.auth', { email: 'mallory@example.org', password }],
    ['users.get', { id: { password } }],
    ['users.nothing', { password }],
  ] as const;
  for (const [action, params] of wrong) await t.throwsAsync(broker.call(action, params));
  await broker.emit('user.tested', { greeting: [password] });
}

/** The salts and hashes of all passwords. */
function hashesIn(path: string): [string, string][] {
  const db = new DatabaseSync(path);
  try {
    const hashes = db.prepare('SELECT password_hash AS hash FROM users').all();
    return hashes.flatMap(({ hash }, at) =>
      String(hash)
        .split('$')
        .slice(3)
        .map((part, which): [string, string] => [`${which === 0 ? 'salt' : 'hash'} ${at}`, part]),
    );
  } finally {
    db.close();
  }
}

test('no secret is in any span, log line, answer or metric of a whole run', async (t) => {
  const collector = await startThriftCollector(t);
  const database = join(temporaryFolder(t), 'users.sqlite');
  const ownSecrets = {
    'JWT secret': JWT_SECRET,
    'password of the collector': randomBytes(20).toString('base64url'),
    'password of a call': randomBytes(20).toString('base64url'),
  };
  const mesh = await startMesh(t, {
    services: SERVICES,
    env: {
      LOG_LEVEL: 'trace',
      USERS_DB: database,
      METRICS_PORT: '0',
      JAEGER_ENDPOINT: collector.endpoint,
      JAEGER_USER: 'ann',
      JAEGER_PASSWORD: ownSecrets['password of the collector'],
    },
  });
  const requests = createSecretRequests(mesh.gatewayUrl);
  await requests.askAll();
  await callWithin(t, mesh, ownSecrets['password of a call']);
  const metrics = await readMetrics(mesh);
  const hashes = hashesIn(database);
  t.is(hashes.length, 2, 'of the one user who is left');
  mesh.nodes[0]?.child.kill('SIGTERM');
  await until(async () => (await missing(mesh.gatewayUrl)).includes('users'));
  await requests.askInVain();

  const processes = [mesh.gateway, ...mesh.nodes];
  for (const { child } of processes) child.kill('SIGTERM');
  await Promise.all(processes.map(({ ended }) => ended));
  const exported = {
    spans: Buffer.concat(collector.bodies),
    logs: processes.map((process) => process.output()).join('\n'),
    answers: requests.answered.join('\n'),
    metrics,
  };
  const secrets = { ...requests.secrets, ...Object.fromEntries(hashes), ...ownSecrets };
  t.deepEqual(findSecrets(secrets, exported), []);

  // All that was sent would have been found, and what may be in there is.
  const found = findSecrets(requests.secrets, { sent: requests.sent.join('\n') });
  const foundNames = new Set(found.map(({ secret }) => secret));
  t.deepEqual([...foundNames].sort(), Object.keys(requests.secrets).sort());
  for (const [source, text] of [
    ['spans', 'GET /users/:id'],
    ['logs', '"route":"/users/login"'],
    ['answers', 'EMAIL_TAKEN'],
    ['metrics', 'users.update'],
  ] as const)
    t.like(findSecrets({ text }, { [source]: exported[source] })[0], { source });
  const services = new Set(collector.batches.map(({ process }) => process.serviceName));
  t.deepEqual([...services].sort(), ['gateway', ...SERVICES].sort());
});
