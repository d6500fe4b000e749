/** What `npm start` says and does when it cannot start, or loses a process. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { startEverything, variablesOfItsOwn } from '../helpers/npm-start.ts';
import { descendantsOf, runs, startProcess } from '../helpers/processes.ts';

/** Runs the launcher to its end. */
async function runToEnd(t: ExecutionContext, env: Record<string, string>) {
  const launcher = startProcess(t, ['node', 'dev.ts'], { env: { ...variablesOfItsOwn(t), ...env } });
  const { code } = await launcher.ended;
  return { code, output: launcher.output() };
}

/** A port that is taken for as long as the test runs. */
async function takePort(t: ExecutionContext): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return String((server.address() as AddressInfo).port);
}

for (const [variable, who] of [
  ['GATEWAY_PORT', 'gateway'],
  ['JAEGER_QUERY_PORT', 'Jaeger stand-in'],
] as const) {
  test.serial(`${variable} in use is one line that says what to do`, async (t) => {
    const port = await takePort(t);
    const { code, output } = await runToEnd(t, { [variable]: port });
    t.is(code, 1);
    t.is(
      output,
      `npm start: port ${port} of 127.0.0.1, where the ${who} listens, is in use: stop what is there, or set ${variable} to another port\n`,
    );
  });
}

test.serial('bad variables are named, all of them, and nothing starts', async (t) => {
  const { code, output } = await runToEnd(t, { GATEWAY_PORT: 'x', JAEGER_SAMPLER_TYPE: 'y', LOG_LEVEL: 'z' });
  t.is(code, 1);
  for (const name of ['GATEWAY_PORT', 'JAEGER_SAMPLER_TYPE', 'LOG_LEVEL'])
    t.true(output.includes(name), name);
  t.notRegex(output, /starting|\bat .*\.ts/);
});

test.serial('a NATS_URL where nothing answers is one line, without its password', async (t) => {
  const { code, output } = await runToEnd(t, { NATS_URL: `nats://ann:hidden-1@127.0.0.1:1` });
  t.is(code, 1);
  t.regex(output, /^npm start: nothing answers at 127\.0\.0\.1:1, .*\n$/);
});

for (const [folders, line] of [
  [[], 'no folder of services given, such as services/users'],
  [['services/none'], 'no *.service.ts in services/none'],
] as const) {
  test.serial(`a node of ${folders[0] ?? 'nothing'} is one line that says so`, async (t) => {
    const node = startProcess(t, ['npm', 'run', '-s', 'service', '--', ...folders], {});
    const { code } = await node.ended;
    t.is(code, 1);
    t.is(node.output(), `${line}\n`);
  });
}

test.serial('a service that cannot start stops everything, and its reason is shown', async (t) => {
  const { code, output } = await runToEnd(t, { USERS_DB: '/dev/null/users.sqlite' });
  t.is(code, 1);
  t.regex(output, /^users {3}\| .*\/dev\/null/m);
  t.regex(output, /^npm start: users has ended \(exit code 1\), see its lines above$/m);
});

test.serial('a process that dies takes everything down, with its name and exit code 1', async (t) => {
  const { launcher } = await startEverything(t, { command: ['node', 'dev.ts'] });
  const pids = descendantsOf(launcher.pid);
  const hello = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('services/hello'));
  process.kill(hello ?? 0, 'SIGKILL');
  t.deepEqual(await launcher.ended, { code: 1, signal: null });
  t.regex(launcher.output(), /^npm start: hello has ended \(SIGKILL\), see its lines above$/m);
  t.deepEqual(pids.filter(runs), []);
});

test.serial('SIGTERM in the middle of the start stops what has started, with 0', async (t) => {
  const launcher = startProcess(t, ['node', 'dev.ts'], { env: variablesOfItsOwn(t) });
  await launcher.line(/^jaeger {2}\| /);
  const pids = descendantsOf(launcher.pid);
  launcher.child.kill('SIGTERM');
  t.deepEqual(await launcher.ended, { code: 0, signal: null });
  t.deepEqual(pids.filter(runs), []);
  t.notRegex(launcher.output(), /^npm start:/m);
});
