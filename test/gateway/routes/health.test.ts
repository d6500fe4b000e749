import test from 'ava';
import helloService from '../../../services/hello/hello.service.ts';
import { createUsersService } from '../../../services/users/users.service.ts';
import { startGateway } from '../../helpers/gateway.ts';
import { until } from '../../helpers/until.ts';

test('is live as soon as it answers, whatever is missing', async (t) => {
  const { send } = await startGateway(t, { services: [] });
  const { status, json } = await send('GET', '/health/live');
  t.is(status, 200);
  t.deepEqual(json, { status: 'live' });
});

test('is ready when all services are seen, and names those that are not', async (t) => {
  const { send, broker } = await startGateway(t, { services: [] });
  const all = await send('GET', '/health/ready');
  t.is(all.status, 503);
  t.like(all.json.error, { code: 'NOT_READY', message: 'Waiting for: hello, users' });

  const seen = async (name: string) => broker.waitForServices(name, 5000, 10);
  broker.createService(helloService);
  await seen('hello');
  const one = await send('GET', '/health/ready');
  t.is(one.status, 503);
  t.deepEqual(one.json.error.details, [{ field: 'users', message: 'is missing' }]);

  broker.createService(createUsersService({ USERS_DB: ':memory:' }));
  await seen('users');
  const none = await send('GET', '/health/ready');
  t.is(none.status, 200);
  t.deepEqual(none.json, { status: 'ready', services: ['hello', 'users'] });
});

test('is not ready without a connection to the mesh', async (t) => {
  const { send, broker } = await startGateway(t, { broker: { transporter: 'Fake' } });
  t.is((await send('GET', '/health/ready')).status, 200);
  await broker.transit?.disconnect();
  const { status, json } = await send('GET', '/health/ready');
  t.is(status, 503);
  t.is(json.error.message, 'Waiting for: transporter');
});

test('probes are not traced, and logged for those only who ask for debug', async (t) => {
  const { send, tracing, logLines } = await startGateway(t);
  const live = await send('GET', '/health/live');
  const ready = await send('GET', '/health/ready');
  t.is(live.headers['x-trace-id'], undefined);
  t.is(ready.headers['x-trace-id'], undefined);
  t.deepEqual(tracing.spans, []);
  await until(() => logLines().length === 2);
  t.deepEqual(
    logLines().map(({ level, route }) => [level, route]),
    [
      [20, '/health/live'],
      [20, '/health/ready'],
    ],
  );
});
