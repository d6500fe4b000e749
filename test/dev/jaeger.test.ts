import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { findJaeger, variablesFor } from '../../dev/jaeger.ts';

/** A port where something listens. */
async function startCollector(t: ExecutionContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('what answers at the collector port is used', async (t) => {
  const port = await startCollector(t);
  t.deepEqual(await findJaeger({ JAEGER_COLLECTOR_PORT: `${port}` }), { queryUrl: 'http://127.0.0.1:16686' });
});

test('what answers at JAEGER_ENDPOINT is used', async (t) => {
  const port = await startCollector(t);
  const env = { JAEGER_ENDPOINT: `http://localhost:${port}/api/traces`, JAEGER_QUERY_PORT: '4000' };
  t.deepEqual(await findJaeger(env), { queryUrl: 'http://127.0.0.1:4000' });
});

for (const [title, env, port] of [
  ['at the collector port', { JAEGER_COLLECTOR_PORT: '1' }, '1'],
  [
    'at an endpoint on loopback',
    { JAEGER_ENDPOINT: 'http://127.0.0.1:1/api/traces', JAEGER_COLLECTOR_PORT: '2' },
    '1',
  ],
  ['at an endpoint on localhost', { JAEGER_ENDPOINT: 'http://localhost:1/api/traces' }, '1'],
  ['at a port that is to be free', { JAEGER_COLLECTOR_PORT: '0' }, '0'],
] as const) {
  test(`the stand-in starts where nothing answers ${title}`, async (t) => {
    t.deepEqual((await findJaeger(env)).standIn, { JAEGER_COLLECTOR_PORT: port });
  });
}

test('the stand-in takes spans where the library sends them to an agent on loopback', async (t) => {
  const env = { JAEGER_COLLECTOR_PORT: '1', JAEGER_BINARY_PORT: '0', JAEGER_AGENT_HOST: 'localhost' };
  t.deepEqual((await findJaeger(env)).standIn, { JAEGER_COLLECTOR_PORT: '1', JAEGER_BINARY_PORT: '0' });
  const { standIn } = await findJaeger({ ...env, JAEGER_AGENT_PORT: '2' });
  t.deepEqual(standIn, { JAEGER_COLLECTOR_PORT: '1', JAEGER_BINARY_PORT: '2' });
});

for (const env of [
  { JAEGER_ENDPOINT: 'http://jaeger.invalid:14268/api/traces' },
  { JAEGER_ENDPOINT: 'https://jaeger.invalid/api/traces' },
  { JAEGER_AGENT_HOST: 'jaeger.invalid' },
]) {
  test(`no stand-in starts for ${Object.values(env)}`, async (t) => {
    t.is((await findJaeger(env)).standIn, undefined);
  });
}

test('an agent that listens on this machine is used', async (t) => {
  const agent = createSocket('udp4').bind(0, '127.0.0.1');
  t.teardown(() => agent.close());
  await once(agent, 'listening');
  const env = { JAEGER_COLLECTOR_PORT: '1', JAEGER_AGENT_HOST: 'localhost' };
  const found = await findJaeger({ ...env, JAEGER_AGENT_PORT: `${agent.address().port}` });
  t.is(found.standIn, undefined);
});

test('JAEGER_QUERY_URL stays', async (t) => {
  const env = { JAEGER_COLLECTOR_PORT: '1', JAEGER_QUERY_URL: 'http://jaeger.invalid' };
  t.is((await findJaeger(env)).queryUrl, 'http://jaeger.invalid');
});

const standIn = {
  type: 'ready',
  name: 'jaeger',
  url: 'http://127.0.0.1:4',
  urls: {
    collector: 'http://127.0.0.1:1/api/traces',
    agent: 'udp://127.0.0.1:3',
    otlp: 'http://127.0.0.1:2',
  },
} as const;

test('addresses that are not set follow the stand-in', (t) => {
  t.deepEqual(variablesFor(standIn, {}), {
    JAEGER_ENDPOINT: 'http://127.0.0.1:1/api/traces',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:2',
    JAEGER_QUERY_URL: 'http://127.0.0.1:4',
  });
});

test('addresses that are set stay', (t) => {
  const set = {
    JAEGER_ENDPOINT: 'http://e',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://o',
    JAEGER_QUERY_URL: 'http://q',
    JAEGER_AGENT_HOST: 'localhost',
    JAEGER_AGENT_PORT: '7000',
  };
  t.deepEqual(variablesFor(standIn, set), {});
});

test('the port of an agent that is not set follows the stand-in', (t) => {
  t.like(variablesFor(standIn, { JAEGER_AGENT_HOST: 'localhost' }), {
    JAEGER_ENDPOINT: undefined,
    JAEGER_AGENT_PORT: '3',
  });
});
