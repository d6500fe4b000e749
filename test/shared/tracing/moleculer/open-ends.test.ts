/** Spans that are open still for their streams when a broker stops, where one middleware is that of several brokers. */
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { type Middleware, ServiceBroker } from 'moleculer';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';
import { until } from '../../../helpers/until.ts';

/** A broker on its own whose stream flows until the test ends it. */
async function startBroker(t: ExecutionContext, nodeID: string, middleware: Middleware) {
  const broker = new ServiceBroker({ nodeID, logger: false, middlewares: [middleware] });
  const source = new PassThrough();
  broker.createService({ name: nodeID, actions: { flows: () => source } });
  await broker.start();
  t.teardown(() => broker.stop());
  return { broker, source, stream: (await broker.call(`${nodeID}.flows`)) as Readable };
}

test.serial(
  'one broker that stops ends no span of another, and the last one ends those that are left',
  async (t) => {
    const tracing = createMemoryTracing();
    const middleware = tracing.moleculer();
    const first = await startBroker(t, 'first', middleware);
    const second = await startBroker(t, 'second', middleware);

    await first.broker.stop();
    t.is(tracing.stats().unfinished, 4);
    second.source.end('drop');
    t.deepEqual(await second.stream.toArray(), [Buffer.from('drop')]);
    matchTree(
      tracing.spans,
      `
      test second.flows (client)
        second second.flows (server)`,
    );

    await second.broker.stop();
    t.is(tracing.stats().unfinished, 0);
    t.deepEqual(
      tracing.spans.filter(({ logs }) => logs.length > 0).map(({ operation }) => operation),
      ['first.flows', 'first.flows'],
    );
  },
);

test.serial('a handler that came too late may be waited for without end', async (t) => {
  const tracing = createMemoryTracing();
  const broker = new ServiceBroker({
    logger: false,
    middlewares: [tracing.moleculer({ lateCapMs: Number.POSITIVE_INFINITY })],
  });
  const work = Promise.withResolvers<void>();
  broker.createService({ name: 'slow', actions: { works: () => work.promise } });
  await broker.start();
  t.teardown(() => broker.stop());

  await t.throwsAsync(broker.call('slow.works', {}, { timeout: 5 }), { name: 'RequestTimeoutError' });
  await setTimeout(5); // Node takes such a time for a millisecond
  t.is(tracing.stats().unfinished, 1);
  work.resolve();
  await until(() => tracing.stats().unfinished === 0);
  const late = tracing.spans.find(({ tags }) => 'moleculer.late' in tags);
  t.deepEqual(
    late?.logs.map(({ fields }) => fields['event']),
    ['error'],
  );
});

test.serial(
  'a broker that does not start leaves nothing open when the last of the others stops',
  async (t) => {
    const tracing = createMemoryTracing();
    const middleware = tracing.moleculer();
    const { broker } = await startBroker(t, 'first', middleware);
    const failing = new ServiceBroker({ nodeID: 'failing', logger: false, middlewares: [middleware] });
    failing.createService({
      name: 'bad',
      started() {
        throw new Error('cannot start');
      },
    });
    await t.throwsAsync(failing.start(), { message: 'cannot start' });
    t.is(tracing.stats().unfinished, 2);
    await broker.stop();
    t.is(tracing.stats().unfinished, 0);
  },
);
