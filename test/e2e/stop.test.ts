/** What becomes of requests and their traces when everything is stopped while it works. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { startCollector } from '../helpers/collector.ts';
import { startLoad } from '../helpers/load.ts';
import { startEverything } from '../helpers/npm-start.ts';
import { descendantsOf, runs } from '../helpers/processes.ts';
import { picture, readTrace, USER_TEST } from '../helpers/traces.ts';
import { until } from '../helpers/until.ts';

/** Starts everything with a collector outside, puts load on it, and stops it by `stop` in the middle. */
async function stopInTheMiddle(t: ExecutionContext, stop: NodeJS.Signals) {
  const { endpoint, queryUrl } = await startCollector(t);
  const env = { JAEGER_ENDPOINT: endpoint, JAEGER_QUERY_URL: queryUrl, LOG_LEVEL: 'warn' };
  const { launcher, gatewayUrl } = await startEverything(t, { command: ['node', 'dev.ts'], env });
  const pids = descendantsOf(launcher.pid);
  const load = startLoad(`${gatewayUrl}/user/test`, { connections: 20 });
  await until(() => load.traceIds.length > 200);

  const stoppedAt = performance.now();
  launcher.child.kill(stop);
  await load.ended;
  await until(() => !pids.some(runs), { deadlineMs: 12_000 });
  return {
    load,
    queryUrl,
    end: await launcher.ended,
    output: launcher.output(),
    tookMs: performance.now() - stoppedAt,
    pids,
  };
}

test.serial(
  'a collector that hangs keeps nothing from stopping in time, and what it cost is said',
  async (t) => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    t.teardown(() => {
      server.close();
      server.closeAllConnections();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const env = {
      JAEGER_ENDPOINT: `http://127.0.0.1:${port}/api/traces`,
      JAEGER_QUERY_URL: 'http://ada:hush@127.0.0.1:1',
      LOG_LEVEL: 'warn',
    };
    const { launcher, gatewayUrl, queryUrl } = await startEverything(t, {
      command: ['node', 'dev.ts'],
      env,
    });
    t.is(queryUrl, 'http://127.0.0.1:1');
    t.is((await fetch(`${gatewayUrl}/user/test`)).status, 200);
    launcher.child.kill('SIGTERM');
    t.deepEqual(await launcher.ended, { code: 0, signal: null }, launcher.output());
    for (const name of ['gateway', 'users', 'hello', 'audit'])
      t.regex(launcher.output(), new RegExp(`${name}.*spans dropped reason=deadline spans=\\d`));
    t.notRegex(launcher.output(), /hush/);
  },
);

for (const [signal, end] of [
  ['SIGTERM', { code: 0, signal: null }],
  ['SIGKILL', { code: null, signal: 'SIGKILL' }],
] as const) {
  test.serial(
    `${signal} in the middle of load: no answered request's trace is lost, no process left`,
    async (t) => {
      const stopped = await stopInTheMiddle(t, signal);
      t.deepEqual(stopped.end, end);
      t.true(stopped.tookMs < 10_000, `${stopped.tookMs} ms`);
      t.deepEqual(stopped.load.others, []);
      const { traceIds } = stopped.load;
      t.is(new Set(traceIds).size, traceIds.length);
      const pictures = await Promise.all(
        traceIds.map(async (id) =>
          picture(await readTrace(stopped.queryUrl, id, { spans: USER_TEST.spans })),
        ),
      );
      t.deepEqual(new Set(pictures), new Set([USER_TEST.picture]));
    },
  );
}

test.serial('everything stops in order where nobody reads its output any more', async (t) => {
  const { launcher, gatewayUrl } = await startEverything(t, { command: ['node', 'dev.ts'] });
  const pids = descendantsOf(launcher.pid);
  launcher.child.stdout?.destroy();
  t.is((await fetch(`${gatewayUrl}/user/test`)).status, 200);
  t.deepEqual(await launcher.ended, { code: 1, signal: null });
  t.regex(launcher.output(), /^npm start: its output cannot be written \(EPIPE\), so it stops$/m);
  t.deepEqual(pids.filter(runs), []);
});

test.serial('a Ctrl-C that ends the reader of its output, too, is no failure', async (t) => {
  const { launcher } = await startEverything(t, { command: ['node', 'dev.ts'] });
  const pids = descendantsOf(launcher.pid);
  launcher.child.stdout?.destroy();
  launcher.child.kill('SIGINT');
  t.deepEqual(await launcher.ended, { code: 0, signal: null });
  t.deepEqual(pids.filter(runs), []);
});
