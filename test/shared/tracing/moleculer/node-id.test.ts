/** Which node spans are of, as their process says it. */
import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { createTracing } from '#shared/tracing/index.ts';
import { tagValueOf } from '../../../helpers/decoded-thrift.ts';
import { startThriftCollector } from '../../../helpers/thrift-collector.ts';

test("the spans of a broker carry its node's id on their process", async (t) => {
  const collector = await startThriftCollector(t);
  const tracing = createTracing({ service: 'gateway', endpoint: collector.endpoint, env: {} });
  const broker = new ServiceBroker({ nodeID: 'node-7', logger: false, middlewares: [tracing.moleculer()] });
  broker.createService({ name: 'hello', actions: { greet: () => 'hello' } });
  await broker.start();
  await broker.call('hello.greet');
  await broker.stop();
  const ids = collector.batches.map(({ process }) =>
    process.tags?.filter(({ key }) => key === 'node.id').map(tagValueOf),
  );
  t.deepEqual(ids, [['node-7'], ['node-7']]);
});

test('where several brokers share a tracing, the process names all their nodes', async (t) => {
  const collector = await startThriftCollector(t);
  const tracing = createTracing({ service: 'gateway', endpoint: collector.endpoint, env: {} });
  for (const nodeID of ['node-1', 'node-2']) {
    const broker = new ServiceBroker({ nodeID, logger: false, middlewares: [tracing.moleculer()] });
    await broker.start();
    t.teardown(() => broker.stop());
  }
  tracing.tracerFor('gateway').startSpan('a').finish();
  await tracing.close();
  const [batch] = collector.batches;
  t.deepEqual(batch?.process.tags?.filter(({ key }) => key === 'node.id').map(tagValueOf), [
    'node-1, node-2',
  ]);
});

test('nodes that have stopped are named until another one comes', async (t) => {
  const collector = await startThriftCollector(t);
  const tracing = createTracing({ service: 'gateway', endpoint: collector.endpoint, env: {} });
  const createNode = (nodeID: string) =>
    new ServiceBroker({ nodeID, logger: false, middlewares: [tracing.moleculer()] });
  // The process of a service stays as it was when the service began.
  const named = async (service: string): Promise<unknown> => {
    const next = createNode('flushes');
    await next.start();
    tracing.tracerFor(service).startSpan('a').finish();
    await next.stop();
    const tags = collector.batches.at(-1)?.process.tags ?? [];
    return tags.filter(({ key }) => key === 'node.id').map(tagValueOf);
  };
  const [stays, again] = [createNode('stays'), createNode('again')];
  await Promise.all([stays.start(), again.start()]);
  t.teardown(() => stays.stop());
  for (let tenant = 0; tenant < 5; tenant++) {
    const node = createNode(`tenant-${tenant}`);
    await node.start();
    await node.stop();
  }
  t.deepEqual(await named('first'), ['stays, again, flushes']);
  await again.stop();
  t.deepEqual(await named('second'), ['stays, flushes']);
  await again.start();
  t.teardown(() => again.stop());
  t.deepEqual(await named('third'), ['stays, again, flushes']);
  await tracing.close();
});
