import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';

const program = join(import.meta.dirname, 'lifecycle-child.ts');

/** Starts the child with an IPC channel, unless `stdio` says otherwise, and waits until it serves. */
async function startChild(t: ExecutionContext, args: string[] = [], stdio?: SpawnOptions['stdio']) {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: stdio ?? ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const ready = child.channel ? once(child, 'message') : undefined;
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const output = (child.stdout ? once(child.stdout, 'close') : exit).then(() => said);
  if (child.stdout) await once(child.stdout, 'data');
  return { child, ready: ready?.then(([message]) => message), output, exit };
}

const lines = (output: string) => output.trim().split('\n');

test('a process tells its parent when it serves, and where', async (t) => {
  const { ready } = await startChild(t);
  t.deepEqual(await ready, { type: 'ready', name: 'child', url: 'http://127.0.0.1:1' });
});

test('without a parent to tell, a process serves all the same', async (t) => {
  const { child, exit } = await startChild(t, [], ['ignore', 'pipe', 'inherit']);
  child.kill('SIGTERM');
  t.deepEqual(await exit, [0, null]);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} closes and exits with 0`, async (t) => {
    const { child, output, exit } = await startChild(t);
    child.kill(signal);
    t.deepEqual(await exit, [0, null]);
    t.deepEqual(lines(await output).slice(-3), [
      `stopping: asked to by ${signal}`,
      `closing on ${signal}`,
      'closed',
    ]);
  });
}

test('a lost parent closes and exits with 0', async (t) => {
  const { child, output, exit } = await startChild(t);
  child.disconnect();
  t.deepEqual(await exit, [0, null]);
  t.true((await output).endsWith('closing on disconnect\nclosed\n'));
});

test('a parent lost before the process had come so far ends it too', async (t) => {
  const { child, output, exit } = await startChild(t, ['starts late']);
  child.disconnect();
  t.deepEqual(await exit, [0, null]);
  t.true((await output).endsWith('closing on disconnect\nclosed\n'));
});

test('it closes once, however often it is told to stop', async (t) => {
  const { child, output, exit } = await startChild(t, ['takes a while']);
  child.kill('SIGTERM');
  child.stdout?.once('data', () => {
    child.kill('SIGINT');
    child.kill('SIGTERM');
    child.disconnect();
  });
  t.deepEqual(await exit, [0, null]);
  t.is((await output).match(/closing on/g)?.length, 1);
});

test('a close that hangs ends at its deadline with 1', async (t) => {
  const { child, output, exit } = await startChild(t, ['hangs', '50']);
  child.kill('SIGTERM');
  t.deepEqual(await exit, [1, null]);
  t.regex(await output, /did not stop cleanly: not closed within 50 ms\n$/);
});

test('a close that fails exits with 1 and says why', async (t) => {
  const { child, output, exit } = await startChild(t, ['fails']);
  child.kill('SIGTERM');
  t.deepEqual(await exit, [1, null]);
  t.regex(await output, /did not stop cleanly: the drain broke\n$/);
});

test('a child without its parent stops after those that hold its stdin', async (t) => {
  const last = await startChild(t, [], ['pipe', 'pipe', 'inherit', 'ipc']);
  const stdin = (last.child as ChildProcess).stdin;
  const first = await startChild(t, ['takes a while'], ['ignore', 'pipe', 'inherit', 'ipc', stdin]);
  stdin?.destroy(); // the parent's own end; the first child's stays

  const order: string[] = [];
  first.child.once('exit', () => order.push('first'));
  last.child.once('exit', () => order.push('last'));
  last.child.disconnect();
  first.child.disconnect();

  t.deepEqual(await first.exit, [0, null]);
  t.deepEqual(await last.exit, [0, null]);
  t.deepEqual(order, ['first', 'last']);
});

test('a parent that dies takes the reader of the output along, and the child still closes in full', async (t) => {
  const { child, exit } = await startChild(t, ['takes a while']);
  child.stdout?.destroy();
  child.disconnect();
  t.deepEqual(await exit, [0, null]);
});
