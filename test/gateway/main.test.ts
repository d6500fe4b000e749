/** The gateway as a real process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';

import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { createBrokerOptions } from '#shared/broker.ts';
import { createLogger } from '#shared/logger.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { createTokens } from '../../gateway/tokens.ts';
import { createLabService } from '../../services/lab/lab.service.ts';
import { createUsersService } from '../../services/users/users.service.ts';
import { sendRequest } from '../helpers/requests.ts';
import { until } from '../helpers/until.ts';

const root = join(import.meta.dirname, '../..');

/** The gateway's process, with nothing in its environment but this. */
function spawnGateway(t: ExecutionContext, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['gateway/main.ts'], {
    cwd: root,
    env: { GATEWAY_PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.resume();
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

/** What a gateway that cannot start says, and the code it ends with. */
async function failedStart(t: ExecutionContext, env: Record<string, string>) {
  const gateway = spawnGateway(t, env);
  const said = gateway.stderr ? text(gateway.stderr) : '';
  const [code] = await once(gateway, 'exit');
  return { said: await said, code };
}

/** A Jaeger collector that keeps what it is sent. */
async function startCollector(t: ExecutionContext) {
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await buffer(request));
    response.writeHead(202).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/api/traces`,
    received: () => Buffer.concat(bodies).toString('latin1'),
  };
}

/** A node with these services, on the transporter that `npm start` has. */
async function startNode(t: ExecutionContext, namespace: string, services: readonly ServiceSchema[]) {
  const node = new ServiceBroker(
    createBrokerOptions({
      name: 'services',
      mesh: { natsUrl: undefined, namespace },
      logger: createLogger({ name: 'services', level: 'silent' }),
      tracing: createMemoryTracing(),
    }),
  );
  for (const service of services) node.createService(service);
  await node.start();
  t.teardown(() => node.stop());
}

test('a process that is told to stop answers what runs, sends its spans, and exits with 0', async (t) => {
  const namespace = `gateway-main-${process.pid}`;
  const collector = await startCollector(t);
  const asked = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const greet = async () => {
    asked.resolve();
    await letGo.promise;
    return { greeting: 'at last' };
  };
  await startNode(t, namespace, [
    { name: 'hello', actions: { greet, stream: greet, pingpong: greet } },
    createLabService({}),
    createUsersService({ USERS_DB: ':memory:' }),
  ]);

  const gateway = spawnGateway(t, { NAMESPACE: namespace, JAEGER_ENDPOINT: collector.endpoint });
  const [{ type, name, url }] = await once(gateway, 'message');
  t.deepEqual([type, name], ['ready', 'gateway']);
  await until(async () => (await fetch(`${url}/health/ready`)).ok);

  const reply = fetch(`${url}/hello/Ada`);
  await asked.promise;
  const exit = once(gateway, 'exit');
  gateway.kill('SIGTERM');
  await until(() =>
    fetch(`${url}/health/live`).then(
      () => false,
      () => true,
    ),
  );
  letGo.resolve();
  const { status, headers } = await reply;
  t.is(status, 200);
  t.deepEqual(await (await reply).json(), { greeting: 'at last' });
  t.is(headers.get('connection'), 'close');
  t.deepEqual(await exit, [0, null]);
  const sent = collector.received();
  t.regex(sent, /GET \/hello\/:name/);
  t.regex(sent, /hello\.greet/);
});

test('what is set from outside is what requests meet', async (t) => {
  const jwtSecret = 'a secret of this test alone, long enough';
  const origin = 'https://app.example.org';
  const namespace = `settings-${process.pid}`;
  const gateway = spawnGateway(t, {
    NAMESPACE: namespace,
    JWT_SECRET: jwtSecret,
    CORS_ORIGINS: origin,
    ADMIN_EMAILS: 'admin@example.org',
    GATEWAY_PROXIES: '1',
  });
  const [{ url }] = await once(gateway, 'message');
  const { headers } = await sendRequest(url, 'GET', '/health/live', undefined, { origin });
  t.is(headers['access-control-allow-origin'], origin);

  const removeAs = async (secret: string) => {
    const { token } = await createTokens({ secret }).issue('somebody');
    return sendRequest(url, 'DELETE', '/users/else', undefined, { authorization: `Bearer ${token}` });
  };
  t.is((await removeAs('another secret, long enough as well')).status, 401);
  t.is((await removeAs(jwtSecret)).status, 503, 'whether he is an admin only the users service knows');

  const signIn = (client: string) =>
    sendRequest(
      url,
      'POST',
      '/users/login',
      { email: 'a@example.org', password: 'x' },
      { 'x-forwarded-for': client },
    );
  await startNode(t, namespace, [createUsersService({ USERS_DB: ':memory:' })]);
  await until(async () => (await signIn('192.0.2.1')).status === 401);
  for (let at = 1; at < 10; at++) t.is((await signIn('192.0.2.1')).status, 401);
  t.is((await signIn('192.0.2.1')).status, 429);
  t.is((await signIn('192.0.2.2')).status, 401, 'another client, as the proxy has it');
});

const badStarts: [string, Record<string, string>, RegExp][] = [
  [
    'bad variables',
    { GATEWAY_PORT: '70000', NATS_URL: 'nats://ada:hidden@host:x', LOG_LEVEL: 'loud' },
    /^The environment has 3 bad values:\n {2}GATEWAY_PORT="70000".*\n {2}NATS_URL="nats:\/\/\*\*\*@host:x".*\n {2}LOG_LEVEL="loud".*\n$/,
  ],
  ['a bad variable of the tracing', { TRACER: 'jager' }, /^[^\n]*\n? *TRACER="jager"[^\n]*\n$/],
  [
    'bad variables of both',
    { GATEWAY_PORT: '70000', TRACER: 'jager' },
    /^[^\n]*\n {2}GATEWAY_PORT="70000"[^\n]*\n[^\n]*\n? *TRACER="jager"[^\n]*\n$/,
  ],
  [
    'an address that is not its own',
    { GATEWAY_HOST: '192.0.2.1' },
    /^The gateway cannot listen on 192.0.2.1 .*GATEWAY_HOST.*\n$/,
  ],
];
for (const [title, env, expected] of badStarts) {
  test(`${title}: one message without a stack, and exit code 1`, async (t) => {
    const { said, code } = await failedStart(t, env);
    t.is(code, 1);
    t.regex(said, expected);
  });
}

test('a port in use ends the start with what to do', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const { port } = other.address() as AddressInfo;
  const { said, code } = await failedStart(t, { GATEWAY_PORT: String(port) });
  t.is(code, 1);
  t.is(
    said,
    `The gateway cannot listen on 127.0.0.1 port ${port}: the port is in use. Stop what listens there, or set GATEWAY_PORT to another port\n`,
  );
});
