/** Actions and events that are not traced, and what they cause where another request runs: in a pool, for one. */
import test, { type ExecutionContext } from 'ava';
import { type Context, ServiceBroker } from 'moleculer';
import { inSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';

/** A service whose jobs wait until somebody else's request does them. */
async function startBroker(t: ExecutionContext) {
  const tracing = createMemoryTracing({ service: 'node' });
  const broker = new ServiceBroker({
    logger: false,
    middlewares: [tracing.moleculer()],
    bulkhead: { enabled: true, concurrency: 1 },
  });
  const jobs: (() => unknown)[] = [];
  const later = (ctx: Context) => new Promise((resolve) => jobs.push(() => ctx.call('s.leaf').then(resolve)));
  broker.createService({
    name: 's',
    actions: {
      quiet: { tracing: false, handler: later } as never,
      loud: later,
      leaf: () => 1,
      drain: async () => {
        while (jobs.length > 0) await jobs.shift()?.();
      },
    },
    events: {
      hushed: { tracing: false, handler: (ctx: Context) => void later(ctx) } as never,
    },
  });
  await broker.start();
  t.teardown(() => broker.stop());
  return { broker, tracing };
}

test.serial('what an action that is not traced calls later is in the trace of its own request', async (t) => {
  const { broker, tracing } = await startBroker(t);
  const quiet = inSpan('first', {}, () => Promise.all([broker.call('s.quiet'), broker.call('s.quiet')]));
  const loud = inSpan('second', {}, () => broker.call('s.loud'));
  const done = Promise.all([quiet, loud]).then(() => true);
  while (!(await Promise.race([done, new Promise((resolve) => setImmediate(resolve, false))])))
    await inSpan('third', {}, () => broker.call('s.drain'));
  t.is(tracing.stats().unfinished, 0);
  matchTree(
    tracing.spans.filter(({ operation }) => !['third', 's.drain'].includes(operation)),
    `
    node first
      node s.quiet (client)
        s s.leaf (client)
          s s.leaf (server)
      node s.quiet (client)
        s s.leaf (client)
          s s.leaf (server)
    node second
      node s.loud (client)
        s s.loud (server)
          s s.leaf (client)
            s s.leaf (server)`,
  );
});

test.serial('so is what a handler of an event calls later that is not traced', async (t) => {
  const { broker, tracing } = await startBroker(t);
  await inSpan('first', {}, () => broker.emit('hushed'));
  await inSpan('second', {}, () => broker.call('s.drain'));
  t.is(tracing.stats().unfinished, 0);
  matchTree(
    tracing.spans,
    `
    node first
      node hushed (producer)
        s s.leaf (client)
          s s.leaf (server)
    node second
      node s.drain (client)
        s s.drain (server)`,
  );
});
