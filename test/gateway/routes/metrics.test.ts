import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { startGateway } from '../../helpers/gateway.ts';
import { until } from '../../helpers/until.ts';

test('GET /metrics tells of each route, with a trace as an example, and is in no trace itself', async (t) => {
  const { send, tracing } = await startGateway(t);
  const { headers: hello } = await send('GET', '/hello/Ada');
  await send('GET', '/users/nobody');
  const reply = await send('GET', '/metrics', undefined, { accept: 'application/openmetrics-text' });
  t.is(reply.status, 200);
  t.regex(String(reply.headers['content-type']), /^application\/openmetrics-text/);
  t.regex(
    reply.text,
    /^http_request_duration_seconds_count\{method="GET",route="\/hello\/:name",status="200"\} 1$/m,
  );
  t.regex(
    reply.text,
    new RegExp(`route="/hello/:name",status="200"\\} 1 # \\{trace_id="${hello['x-trace-id']}"\\}`),
  );
  t.regex(reply.text, /route="\/users\/:id",status="404"\} 1/);
  t.regex(reply.text, /moleculer_action_duration_seconds_count\{action="hello\.greet",outcome="ok"\} 1/);
  t.is(reply.headers['x-trace-id'], undefined);
  t.regex(String((await send('GET', '/metrics')).headers['content-type']), /^text\/plain; version=0\.0\.4/);
  await until(() => tracing.stats().unfinished === 0);
  t.notRegex(JSON.stringify(tracing.spans), /\/metrics/);
});

test('what tells of the gateway itself is in no trace', async (t) => {
  const { send, tracing } = await startGateway(t);
  for (const path of ['/openapi.json', '/health/live', '/health/ready', '/metrics']) {
    const { status, headers } = await send('GET', path);
    t.is(status, 200);
    t.is(headers['x-trace-id'], undefined, path);
  }
  await until(() => tracing.stats().unfinished === 0);
  t.deepEqual(tracing.spans, []);
});

test('however many paths and methods are asked for, there are only so many series', async (t) => {
  const { send, url } = await startGateway(t);
  for (let at = 0; at < 50; at++) await send('GET', `/nowhere/${at}`);
  for (let at = 0; at < 20; at++) await send('GET', `/users/${at}?x=${at}`);
  for (const method of ['PROPFIND', 'DELETE', 'POST']) await send(method, '/hello/Ada');
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end('BREW / HTTP/1.1\r\nhost: a\r\n\r\n');
  await text(socket);
  const { text: metrics } = await send('GET', '/metrics');
  const series = [...metrics.matchAll(/^http_request_duration_seconds_count\{(.*)\}/gm)].map(
    ([, labels]) => labels,
  );
  t.true(series.length < 10, series.join('\n'));
  t.true(series.includes('method="GET",route="none",status="404"'));
});
