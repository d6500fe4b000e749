import { hostname } from 'node:os';
import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { createBrokerOptions } from '#shared/broker.ts';
import { createLogger } from '#shared/logger.ts';
import { natsTest, startNats } from '../helpers/nats.ts';

const logger = createLogger({ name: 'test', level: 'silent' });

/** The options of a node in a mesh that no other test is in. */
function createOptions({
  natsUrl,
  moleculer = () => ({}),
}: {
  natsUrl?: string;
  moleculer?: () => object;
} = {}) {
  const namespace = `test-${process.pid}`;
  return createBrokerOptions({ name: 'users', mesh: { natsUrl, namespace }, logger, tracing: { moleculer } });
}

test('a node is named by what it serves, its process and its machine', (t) => {
  t.is(createOptions().nodeID, `users-${process.pid}@${hostname()}`);
});

test('without NATS a node stays on this machine', (t) => {
  t.is(createOptions().transporter.constructor.name, 'LoopbackTcp');
});

test('calls have a deadline, and a stop waits for those that run', (t) => {
  const { requestTimeout, tracking } = createOptions();
  t.true(requestTimeout > 0);
  t.like(tracking, { enabled: true });
});

test('tracing is its middleware', (t) => {
  const middleware = { name: 'traced' };
  t.deepEqual(createOptions({ moleculer: () => middleware }).middlewares, [middleware]);
});

test('a broker leaves the signals to the process', (t) => {
  const before = process.listenerCount('SIGTERM');
  new ServiceBroker(createOptions());
  t.is(process.listenerCount('SIGTERM'), before);
});

test('parameters are checked against the contracts', async (t) => {
  const broker = new ServiceBroker({ ...createOptions(), transporter: null });
  const params = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };
  broker.createService({ name: 'hello', actions: { greet: { params, handler: () => 'hi' } } });
  await broker.start();
  t.teardown(() => broker.stop());
  await t.throwsAsync(broker.call('hello.greet', {}), { code: 422 } as never);
});

natsTest('nodes on one NATS call each other, with the credentials of its URL', async (t) => {
  const { port } = await startNats(t, '--user', 'ann', '--pass', 'p@ss');
  const natsUrl = `nats://ann:p%40ss@127.0.0.1:${port}`;
  const [one, two] = ['one', 'two'].map(
    (nodeID) => new ServiceBroker({ ...createOptions({ natsUrl }), nodeID }),
  );
  if (!one || !two) throw new Error('no brokers');
  two.createService({ name: 'hello', actions: { greet: () => 'hi' } });
  t.teardown(() => Promise.all([one.stop(), two.stop()]));
  await Promise.all([one.start(), two.start()]);
  await one.waitForServices('hello', 5000);
  t.is(await one.call('hello.greet'), 'hi');
});
