/** A reporter in a process of its own: it never keeps one alive (a test would time out), but while a close is awaited. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { hang, startCollector } from './collector.ts';

async function run(
  t: ExecutionContext,
  ...args: string[]
): Promise<{ code: number; stdout: string; tookMs: number }> {
  const start = performance.now();
  const child = fork(join(import.meta.dirname, 'reporter-child.ts'), args, { silent: true });
  t.teardown(() => child.kill('SIGKILL'));
  child.disconnect(); // its channel would keep it alive
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit'),
  ]);
  t.is(stderr, '');
  return { code, stdout, tookMs: performance.now() - start };
}

test('a process ends although its collector never answers', async (t) => {
  const { endpoint } = await startCollector(t, hang);
  const { code } = await run(t, 'end', endpoint);
  t.is(code, 0);
});

test('a process ends although its collector is addressed by a name with several addresses', async (t) => {
  const { endpoint } = await startCollector(t, hang);
  const { code } = await run(t, 'end-by-name', endpoint.replace('127.0.0.1', 'collector'));
  t.is(code, 0);
});

test('a process ends although its collector is away and a retry is due', async (t) => {
  const collector = await startCollector(t);
  await collector.close();
  const { code } = await run(t, 'end', collector.endpoint);
  t.is(code, 0);
});

test('a process ends although its datagrams go nowhere', async (t) => {
  const { code } = await run(t, 'end-udp');
  t.is(code, 0);
});

test('a process that awaits the close lives until its deadline', async (t) => {
  const { endpoint } = await startCollector(t, hang);
  const { code, stdout, tookMs } = await run(t, 'close', endpoint);
  t.is(code, 0);
  t.deepEqual(JSON.parse(stdout), { sent: 0, dropped: 5, spooled: 0 });
  t.true(tookMs >= 500);
});
