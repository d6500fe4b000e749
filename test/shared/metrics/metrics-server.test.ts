import test from 'ava';
import { createMetrics } from '#shared/metrics/metrics.ts';
import { startMetricsServer } from '#shared/metrics/metrics-server.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

test('a node tells of itself, and what it misses', async (t) => {
  const missing: string[] = [];
  const metrics = createMetrics(() => createMemoryTracing().stats());
  const server = await startMetricsServer({
    host: '127.0.0.1',
    port: 0,
    metrics,
    findMissing: () => missing,
  });
  t.teardown(() => server.close({ deadlineMs: 0 }));
  const get = (path: string, init?: RequestInit) => fetch(server.url + path, init);

  t.deepEqual(await (await get('/health/live')).json(), { status: 'live' });
  t.deepEqual(await (await get('/health/ready?x=1')).json(), { status: 'ready' });
  missing.push('transporter');
  const ready = await get('/health/ready');
  t.is(ready.status, 503);
  t.deepEqual(await ready.json(), { status: 'not ready', missing: ['transporter'] });

  t.regex(await (await get('/metrics')).text(), /^tracemesh_spans_queued 0$/m);
  const headers = { accept: 'application/openmetrics-text' };
  t.regex((await get('/metrics', { headers })).headers.get('content-type') ?? '', /openmetrics/);
  t.is((await get('/other')).status, 404);
  t.is((await get('/metrics', { method: 'POST' })).status, 405);
});

test('what fails while a node answers is the answer', async (t) => {
  const server = await startMetricsServer({
    host: '127.0.0.1',
    port: 0,
    metrics: createMetrics(() => {
      throw new Error('no account');
    }),
    findMissing: () => {
      throw new RangeError('no broker');
    },
  });
  t.teardown(() => server.close({ deadlineMs: 0 }));
  for (const [path, message] of [
    ['/metrics', 'Error: no account'],
    ['/health/ready', 'RangeError: no broker'],
  ]) {
    const response = await fetch(server.url + path, { signal: AbortSignal.timeout(5000) });
    t.is(response.status, 500);
    t.deepEqual(await response.json(), { status: 'failed', message });
  }
  t.is((await fetch(`${server.url}/health/live`)).status, 200);
});
