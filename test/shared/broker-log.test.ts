import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { BrokerLog } from '#shared/broker-log.ts';
import { createLogger } from '#shared/logger.ts';

/** A broker that logs through our logger, and the lines that it has logged. */
function createBroker(level: 'debug' | 'info' = 'info') {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    name: 'users',
    level,
    mixin: () => ({ traceId: 'abc' }),
    destination: { write: (line) => lines.push(JSON.parse(line)) },
  });
  const broker = new ServiceBroker({ logger: new BrokerLog(logger), skipProcessEventRegistration: true });
  return { broker, lines };
}

test('a start and a stop say nothing at info', async (t) => {
  const { broker, lines } = createBroker();
  broker.createService({ name: 'users' });
  await broker.start();
  await broker.stop();
  t.deepEqual(lines, []);
});

test("Moleculer's own info is there at debug", (t) => {
  const { lines } = createBroker('debug');
  t.true(
    lines.some(
      ({ level, module, msg }) => level === 20 && module === 'broker' && /is starting/.test(`${msg}`),
    ),
  );
});

test("a service's lines keep their level, and carry the trace", async (t) => {
  const { broker, lines } = createBroker();
  const service = broker.createService({ name: 'mails' });
  service.logger.info('sent', { to: 3 });
  t.like(lines[0], {
    name: 'users',
    module: 'mails',
    level: 30,
    msg: 'sent',
    details: { to: 3 },
    traceId: 'abc',
  });
});

test("the lines of the node's own service name no module", (t) => {
  const { broker, lines } = createBroker();
  broker.createService({ name: 'users' }).logger.warn('careful');
  t.like(lines[0], { name: 'users', level: 40, msg: 'careful' });
  t.false('module' in (lines[0] ?? {}));
});

test('an error keeps its message and stack, wherever it stands', (t) => {
  const { broker, lines } = createBroker();
  broker.logger.error('Unable to start.', new Error('no file'));
  broker.logger.error(new Error('alone'));
  t.like(lines[0], { level: 50, msg: 'Unable to start.', err: { message: 'no file' } });
  t.like(lines[1], { level: 50, msg: 'alone', err: { message: 'alone' } });
});

test('colours are taken out', (t) => {
  const { broker, lines } = createBroker();
  broker.logger.warn('\u001b[33mcareful\u001b[39m', 3, { a: 1 }, { b: 2 });
  t.like(lines[0], { msg: 'careful 3', details: [{ a: 1 }, { b: 2 }] as never });
});
