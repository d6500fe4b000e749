/** Kills the users node in the middle of many writes, with no word to anybody, and starts it again. */
import { DatabaseSync } from 'node:sqlite';
import type { ExecutionContext } from 'ava';
import { startCollector } from '../helpers/collector.ts';
import { missing, startMesh } from '../helpers/mesh.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { picture, readTrace, tagsOf } from '../helpers/traces.ts';
import { until } from '../helpers/until.ts';
import { prepareWrites, type Refusal, startWriting, type Write } from './writes.ts';

const CONNECTIONS = 16;
/** NATS tells of no dead node: three heartbeats have to be missed, which is found at one of the looks that are as far apart. */
const NOTICED_MS = 14_000;

/** What the database holds of the writes; it is opened as the next node will open it. */
function look(t: ExecutionContext, path: string) {
  const db = new DatabaseSync(path);
  try {
    t.deepEqual({ ...db.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    const { total } = { ...db.prepare('SELECT count(*) AS total FROM users').get() };
    return { isWritten: (write: Write) => write.isWritten(db), total, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Whoever was refused while the node died hears that in the usual form, and its trace says where it was. */
async function checkRefusal(t: ExecutionContext, { write, reply }: Refusal, queryUrl: string) {
  const { status, json } = reply;
  const traceId = String(reply.headers['x-trace-id']);
  t.true(status === 503 || status === 504, `${write.method} was answered ${status}`);
  t.is(json.error.code, status === 503 ? 'SERVICE_UNAVAILABLE' : 'DEADLINE_EXCEEDED');
  t.is(json.error.traceId, traceId);
  const tree = await readTrace(queryUrl, traceId, { spans: 2 });
  const route = write.method === 'POST' ? 'POST /users' : `${write.method} /users/:id`;
  const action = { PATCH: 'users.update', DELETE: 'users.remove', POST: 'users.create' }[write.method];
  // A span for each attempt; of what the dead node has done there may be some, too.
  const [root, ...calls] = picture(tree)
    .split('\n')
    .filter((line) => /^ *gateway/.test(line));
  t.is(root, `gateway ${route} (server) ERROR`);
  t.deepEqual(new Set(calls), new Set([`  gateway ${action} (client) ERROR`]));
  t.is(tagsOf(tree, route, 'server')['http.status_code'], status);
  t.regex(
    tree.roots[0]?.children[0]?.errorMessage ?? '',
    /^(RequestRejected|RequestTimeout|ServiceNotAvailable)Error/,
  );
}

/**
 * Checks that no write is lost that was acknowledged, that the file is whole, that the gateway says what it misses meanwhile,
 * and that it goes on by itself when a node is back.
 */
export async function loseUsers(
  t: ExecutionContext,
  { count, env = {} }: { count: number; env?: Record<string, string> },
) {
  const path = `${temporaryFolder(t)}/users.sqlite`;
  const writes = await prepareWrites(path, count);
  const collector = await startCollector(t);
  const { gatewayUrl, nodes, startService } = await startMesh(t, {
    services: ['users', 'hello'],
    env: { ...env, USERS_DB: path, JAEGER_ENDPOINT: collector.endpoint },
  });

  const writing = startWriting(gatewayUrl, writes, { connections: CONNECTIONS });
  await until(() => writing.acknowledged.size > count / 3);
  nodes[0]?.child.kill('SIGKILL');
  await nodes[0]?.ended;
  await until(() => writing.refusals.length === CONNECTIONS, { deadlineMs: NOTICED_MS });
  await until(async () => (await missing(gatewayUrl)).includes('users'));
  const response = await fetch(`${gatewayUrl}/users`);
  t.is(response.status, 503);
  t.like(await response.json(), {
    error: { code: 'SERVICE_UNAVAILABLE', traceId: response.headers.get('x-trace-id') },
  });
  t.is((await fetch(`${gatewayUrl}/hello/Ada`)).status, 200, 'what needs no users goes on');

  const killed = look(t, path);
  t.true(writing.acknowledged.size < count);
  for (const write of writing.acknowledged) t.true(killed.isWritten(write), `${write.method} was lost`);
  killed.close();
  for (const refusal of writing.refusals) await checkRefusal(t, refusal, collector.queryUrl);

  await startService('users');
  await until(async () => (await missing(gatewayUrl)).length === 0);
  writing.tryAgain();
  await writing.done;
  t.is(writing.refusals.length, CONNECTIONS, 'who is back has no more refusals to give');
  const all = look(t, path);
  for (const write of writes) t.true(all.isWritten(write), `${write.method} is not there, or twice`);
  const removed = writes.filter(({ method }) => method === 'DELETE').length;
  t.is(all.total, count - removed);
  all.close();
}
