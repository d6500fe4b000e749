import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { createBrokerOptions } from '#shared/broker.ts';
import { createLogger } from '#shared/logger.ts';
import { watchConnection } from '#shared/mesh-connection.ts';
import { natsTest, startNats } from '../helpers/nats.ts';
import { until } from '../helpers/until.ts';

/** A logger, and what it was told. */
function createTestLog() {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line).msg) > 0 };
  return { logger: createLogger({ name: 'test', destination }), lines };
}

test('a broker without a transporter is always connected', async (t) => {
  const broker = new ServiceBroker({ logger: false });
  const isConnected = watchConnection(broker, createTestLog().logger);
  await broker.start();
  t.true(isConnected());
  await broker.stop();
});

natsTest('a lost NATS connection is noticed at once, and so is its return', async (t) => {
  const nats = await startNats(t);
  const { logger, lines } = createTestLog();
  const broker = new ServiceBroker(
    createBrokerOptions({
      name: 'watched',
      mesh: { natsUrl: nats.url, namespace: 'watched' },
      logger: createLogger({ name: 'watched', level: 'silent' }),
      tracing: { moleculer: () => ({}) },
    }),
  );
  const isConnected = watchConnection(broker, logger);
  t.false(isConnected());
  await broker.start();
  t.teardown(() => broker.stop());
  t.true(isConnected());

  await nats.close();
  await until(() => !isConnected());
  t.regex(lines.join('\n'), /^lost the connection to NATS at 127.0.0.1:\d+/);

  await startNats(t, '--port', String(nats.port));
  await until(isConnected);
  t.regex(lines.join('\n'), /has the connection to NATS at 127.0.0.1:\d+ again$/);

  await broker.stop();
  t.false(isConnected());
  t.is(lines.length, 2, 'a stop is no loss');
});
