import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { ReadyMessage } from '#shared/lifecycle.ts';
import { loadRecordedErrors } from './recorded.ts';
import { THRIFT_TYPE } from './stand-in.ts';

const program = join(import.meta.dirname, '../../jaeger/main.ts');

const FREE_PORTS = { JAEGER_COLLECTOR_PORT: '0', JAEGER_BINARY_PORT: '0', JAEGER_QUERY_PORT: '0' };

/** Starts the stand-in's process with a channel to it; ports are free ones unless `env` says otherwise. */
function startProcess(t: ExecutionContext, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...FREE_PORTS, LOG_LEVEL: 'info', ...env },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  return { child, exit, output: collected(child.stdout), errors: collected(child.stderr) };
}

function collected(stream: ChildProcess['stdout']): Promise<string> {
  let text = '';
  stream?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return stream === null ? Promise.resolve('') : once(stream, 'close').then(() => text);
}

async function ready(child: ChildProcess) {
  const [message] = (await once(child, 'message')) as [ReadyMessage];
  const { url = '', urls } = message;
  return { message, queryUrl: url, collectorUrl: urls?.['collector'] ?? '', agentUrl: urls?.agent };
}

test('the process says where it serves, and serves there', async (t) => {
  const { child } = startProcess(t);
  const { message, queryUrl, collectorUrl } = await ready(child);
  t.like(message, { type: 'ready', name: 'jaeger' });
  const { good } = loadRecordedErrors();
  t.is((await fetch(collectorUrl, { method: 'POST', body: good, headers: THRIFT_TYPE })).status, 202);
  t.is((await fetch(`${queryUrl}/trace/70bac1497bc538bef4a4a4c096126a3d`)).status, 200);
});

test('it listens on loopback alone', async (t) => {
  const { child } = startProcess(t);
  const { queryUrl, collectorUrl } = await ready(child);
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of [...addresses, { address: '127.0.0.2' }]) {
    for (const url of [queryUrl, collectorUrl]) {
      const socket = connect({ host: address, port: Number(new URL(url).port) });
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      t.is(error.code, 'ECONNREFUSED', address);
    }
  }
});

for (const [how, stop] of [
  ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
  ['SIGINT', (child: ChildProcess) => child.kill('SIGINT')],
  ['a lost parent', (child: ChildProcess) => child.disconnect()],
] as const) {
  test(`${how} ends it with 0`, async (t) => {
    const { child, exit } = startProcess(t);
    await ready(child);
    stop(child);
    t.deepEqual(await exit, [0, null]);
  });
}

for (const [variable, purpose] of [
  ['JAEGER_COLLECTOR_PORT', 'Jaeger collector'],
  ['JAEGER_QUERY_PORT', 'Jaeger UI and query API'],
] as const) {
  test(`a port in use for the ${purpose} ends it with one clear line`, async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.teardown(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as import('node:net').AddressInfo;
    const { exit, output, errors } = startProcess(t, { [variable]: String(port) });
    t.deepEqual(await exit, [1, null]);
    t.is(
      await errors,
      `jaeger: port ${port} for the ${purpose} is in use: stop what listens there, ` +
        `or set ${variable} to another port (0 takes a free one)\n`,
    );
    t.is(await output, '');
  });
}

test('a port in use for spans over UDP costs a warning and nothing else', async (t) => {
  const other = createSocket('udp4').bind(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const { port } = other.address();
  const { child, exit, output } = startProcess(t, { JAEGER_BINARY_PORT: String(port) });
  const { collectorUrl, agentUrl } = await ready(child);
  t.is(agentUrl, undefined);
  const { good } = loadRecordedErrors();
  t.is((await fetch(collectorUrl, { method: 'POST', body: good, headers: THRIFT_TYPE })).status, 202);
  child.kill('SIGTERM');
  t.deepEqual(await exit, [0, null]);
  t.regex(
    await output,
    new RegExp(`no spans are taken over UDP: port ${port} cannot be had; JAEGER_BINARY_PORT sets another`),
  );
});

test('bad variables end it with one message that names them', async (t) => {
  const { exit, errors } = startProcess(t, { JAEGER_COLLECTOR_PORT: '99999', LOG_LEVEL: 'loud' });
  t.deepEqual(await exit, [1, null]);
  const text = await errors;
  t.regex(text, /JAEGER_COLLECTOR_PORT="99999" must be/);
  t.regex(text, /LOG_LEVEL="loud" must be/);
  t.notRegex(text, /\n\s+at /);
});
