/** A node that is killed under load: what it was asked fails at its callers, and nothing else is disturbed. */
import type { ExecutionContext } from 'ava';
import type { RecordedSpan } from '#shared/tracing/testing.ts';
import { natsTest } from '../../../../helpers/nats.ts';
import { findJaeger, type RealJaeger, testNeedingJaeger } from '../../../../helpers/real-jaeger.ts';
import { spansOf, startStorm, warningsOf } from './storm.ts';

const REQUESTS = 300;

const jaegerTest = testNeedingJaeger(await findJaeger(), natsTest);

natsTest('a node that is killed under load fails where it was asked, and nowhere else', (t) => loseNode(t));

jaegerTest('a real Jaeger warns of what the killed node could not send, and of nothing else', loseNode);

async function loseNode(t: ExecutionContext, jaeger?: RealJaeger): Promise<void> {
  const nodes = await startStorm(
    t,
    { 'web-1': ['web'], 'orders-1': ['orders'], 'orders-2': ['orders'], 'stock-1': ['stock'] },
    jaeger,
  );
  const { 'orders-1': lost, ...living } = nodes;
  const ask = async (n: number): Promise<number> => {
    const kind = n % 3 === 0 ? 'abort' : 'success';
    const { status } = await fetch(`http://127.0.0.1:${nodes['web-1'].port}/${kind}/key-${n}`);
    return status;
  };
  const half = Array.from({ length: REQUESTS / 2 }, (_, n) => ask(n));
  await Promise.race(half);
  await lost.kill();
  const rest = Array.from({ length: REQUESTS / 2 }, (_, n) => ask(n + REQUESTS / 2));
  const statuses = await Promise.all([...half, ...rest]);
  const spans = await spansOf(Object.values(living), jaeger);

  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const roots = spans.filter(({ parentId }) => parentId === undefined);
  const toOrders = spans.filter(({ tags }) => /^orders\./.test(String(tags['moleculer.action'])));
  const clients = toOrders.filter(({ tags }) => tags['span.kind'] === 'client');
  const failed = clients.filter(({ tags }) => tags['error'] === true);
  t.is(roots.length, REQUESTS);
  t.is(clients.length, REQUESTS);
  t.true(failed.length > 0, 'the node died too late');
  t.is(statuses.filter((status) => status !== 200 && status !== 204).length, failed.length);

  for (const { tags, logs } of failed) {
    t.is(tags['moleculer.node'], 'orders-1');
    t.is(logs[0]?.fields['error.type'], 'REQUEST_TIMEOUT');
  }
  const hasServer = (client: RecordedSpan): boolean =>
    spans.some(({ parentId }) => parentId === client.spanId);
  for (const client of clients)
    if (client.tags['moleculer.node'] === 'orders-2') t.true(hasServer(client), 'a server span is missing');
  // What the dead node could not send, and nothing else, is what others name as their parents in vain.
  const orphans = spans.filter(({ parentId }) => parentId !== undefined && !byId.has(parentId));
  for (const { tags } of orphans) t.is(tags['moleculer.caller.node'], 'orders-1');
  if (jaeger)
    t.deepEqual(
      warningsOf(spans),
      orphans.map(
        ({ parentId }) => `parent span ID=${parentId} is not in the trace; skipping clock skew adjustment`,
      ),
    );
}
