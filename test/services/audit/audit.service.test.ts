import test from 'ava';
import { call } from '#shared/contracts/call.ts';
import { emit } from '#shared/contracts/events.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { createAuditService } from '../../../services/audit/audit.service.ts';
import { startNode } from '../../helpers/broker-node.ts';

test('hears an event and tells of it, with its trace', async (t) => {
  const tracing = createMemoryTracing();
  const broker = await startNode(t, [createAuditService()], { middlewares: [tracing.moleculer()] });
  await emit(broker, 'user.tested', { greeting: 'Hello, users!' });
  const { items } = await call(broker, 'audit.list', { event: 'user.tested' });
  t.is(items.length, 1);
  t.like(items[0], { payload: { greeting: 'Hello, users!' }, traceId: tracing.spans[0]?.traceId });
  t.regex(items[0]?.heardAt ?? '', /^\d{4}-\d\d-\d\dT/);
});

test('what is not as the contract has it is not kept', async (t) => {
  const broker = await startNode(t, [createAuditService()]);
  for (const payload of [{}, { greeting: 1 }, { greeting: 'a', more: 1 }, 'text', null, undefined])
    await broker.emit('user.tested', payload);
  await broker.emit('user.unknown', { greeting: 'Hello' });
  t.deepEqual(await call(broker, 'audit.list', {}), { items: [] });
});

test('at most 1,000 may be asked for', async (t) => {
  const broker = await startNode(t, [createAuditService()]);
  await t.throwsAsync(call(broker, 'audit.list', { limit: 1001 }), { message: /validation/ });
});
