import { request } from 'node:http';
import test from 'ava';
import helloService from '../../services/hello/hello.service.ts';
import { startGateway } from '../helpers/gateway.ts';
import { until } from '../helpers/until.ts';

test('a request is one line with its method, route, status, duration and trace', async (t) => {
  const { send, logLines } = await startGateway(t);
  const { headers } = await send('GET', '/hello/Ada?secret=1');
  await send('POST', '/users', { name: 'Ada' });
  await send('GET', '/nowhere');
  await until(() => logLines().length === 3);
  const [hello, users, nowhere] = logLines();
  t.like(hello, {
    level: 30,
    name: 'gateway',
    msg: 'request',
    method: 'GET',
    route: '/hello/:name',
    status: 200,
    traceId: headers['x-trace-id'],
  });
  t.true(Number(hello?.['durationMs']) > 0);
  t.like(users, { method: 'POST', route: '/users', status: 422, level: 30, err: undefined });
  t.like(nowhere, { method: 'GET', status: 404 });
  t.notRegex(JSON.stringify(logLines()), /secret|Ada|nowhere/);
});

test('a client that does not wait is logged too, once, as 499', async (t) => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<{ greeting: string }>();
  const slow = {
    ...helloService,
    actions: {
      greet: () => {
        asked.resolve();
        return answer.promise;
      },
    },
  };
  const { url, logLines, tracing, send } = await startGateway(t, { services: [slow] });
  const client = request(`${url}/hello/Ada`).end();
  await asked.promise;
  client.on('error', () => {}).destroy();
  await until(() => logLines().length === 1);
  t.like(logLines()[0], { method: 'GET', route: '/hello/:name', status: 499, level: 30 });
  t.regex(String(logLines()[0]?.['traceId']), /^[0-9a-f]{32}$/);

  answer.resolve({ greeting: 'too late' });
  await until(() => tracing.stats().unfinished === 0);
  t.is((await send('GET', '/nowhere')).status, 404);
  await until(() => logLines().length === 2);
});
