/** What becomes tags where an action says nothing of it: what the options name, and without secrets. */
import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

test('params, meta and response are captured by the names that the options give', async (t) => {
  const tracing = createMemoryTracing();
  const capture = { params: ['id', 'password', 'token', 'card.pin'], meta: ['user.id'], response: ['total'] };
  const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer({ capture })] });
  broker.createService({ name: 'orders', actions: { list: () => ({ total: 3, items: ['a'] }) } });
  await broker.start();
  t.teardown(() => broker.stop());
  const meta = { user: { id: 7, name: 'Ada' } };
  await broker.call('orders.list', { id: 1, password: 'x', card: { pin: 7 }, note: 'private' }, { meta });

  const { tags = {} } = tracing.spans.find((span) => span.tags['span.kind'] === 'server') ?? {};
  const captured = Object.fromEntries(
    Object.entries(tags).filter(([name]) => /^(params|meta|response)/.test(name)),
  );
  t.deepEqual(captured, {
    'params.id': 1,
    'params.password': '[redacted]',
    'params.card.pin': '[redacted]',
    'meta.user.id': 7,
    'response.total': 3,
  });
});
