import test from 'ava';
import { Errors } from 'moleculer';
import { createMetrics } from '#shared/metrics/metrics.ts';
import { measureActions } from '#shared/metrics/moleculer-metrics.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { startNode } from '../../helpers/broker-node.ts';

test('every execution is counted by its outcome, whether the handler ran or not, with its trace', async (t) => {
  const tracing = createMemoryTracing();
  const metrics = createMetrics(() => tracing.stats());
  const broker = await startNode(
    t,
    [
      {
        name: 'things',
        actions: {
          get: { cache: true, handler: () => 'thing' },
          refuse: () => Promise.reject(new Errors.MoleculerClientError('no', 404)),
          check: {
            params: { type: 'object', required: ['id'], properties: { id: {} } } as never,
            handler: () => 1,
          },
          fail: () => Promise.reject(new Error('broken')),
          break: () => Promise.reject(new Errors.MoleculerError('broken', 500)),
        },
      },
    ],
    { cacher: 'Memory', middlewares: [measureActions(metrics), tracing.moleculer()] },
  );
  await broker.call('things.get');
  await broker.call('things.get');
  for (const action of ['refuse', 'check', 'fail', 'break'])
    await t.throwsAsync(broker.call(`things.${action}`, {}));
  await t.throwsAsync(broker.call('things.unknown'));
  await broker.call('$node.list');

  const { text } = await metrics.read('application/openmetrics-text');
  const counts = [...text.matchAll(/duration_seconds_count\{action="(.+?)",outcome="(.+?)"\} (\d+)/g)];
  t.deepEqual(counts.map(([, ...parts]) => parts.join(' ')).sort(), [
    'things.break failed 1',
    'things.check refused 1',
    'things.fail failed 1',
    'things.get ok 2',
    'things.refuse refused 1',
  ]);
  const shown = [...text.matchAll(/trace_id="(\w+)"/g)].map(([, id]) => id ?? '');
  t.true(shown.length > 0);
  for (const id of shown) t.true(tracing.spans.some(({ traceId }) => traceId === id));
});
