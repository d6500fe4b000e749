import { request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
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

test('a body that is no HTTP is the client’s fault, and no error in the log', async (t) => {
  const { url, logLines } = await startGateway(t);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const head = 'POST /users HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
  socket.write(`${head}transfer-encoding: chunked\r\n\r\nZZ\r\n`);
  await buffer(socket);
  await until(() => logLines().length === 1);
  t.like(logLines()[0], { method: 'POST', route: '/users', level: 30, err: undefined });
});
