/** Middlewares of the application between the tracing and Moleculer: what they answer is what they answer without tracing. */
import test, { type ExecutionContext } from 'ava';
import { type Middleware, ServiceBroker, type ServiceSchema } from 'moleculer';
import { createMemoryTracing, spanTree } from '#shared/tracing/testing.ts';

type Emit = (event: string, payload?: unknown, options?: object) => unknown;

/** Runs the same with a middleware alone, and with the tracing around it. */
async function compare(
  t: ExecutionContext,
  { middleware, services = [] }: { middleware: object; services?: readonly ServiceSchema[] },
  run: (broker: ServiceBroker) => unknown,
) {
  const runWith = async (...around: Middleware[]) => {
    const middlewares = [middleware as Middleware, ...around];
    const broker = new ServiceBroker({ nodeID: 'node', logger: false, middlewares });
    for (const service of services) broker.createService(service);
    await broker.start();
    t.teardown(() => broker.stop());
    return run(broker);
  };
  const tracing = createMemoryTracing({ service: 'node' });
  const untraced = await runWith();
  const traced = await runWith(tracing.moleculer());
  t.is(tracing.stats().unfinished, 0);
  return { untraced, traced, picture: spanTree(tracing.spans) };
}

for (const how of ['emit', 'broadcast', 'broadcastLocal'] as const)
  for (const answer of [false, null, true, 'vetoed', 0, { vetoed: true }])
    test(`a middleware of ${how} may answer ${JSON.stringify(answer)}, which is no promise`, async (t) => {
      const veto = {
        name: 'Veto',
        [how]: (next: Emit) => (event: string) => (event === 'x' ? answer : next(event)),
      };
      const { untraced, traced, picture } = await compare(t, { middleware: veto }, (broker) =>
        broker[how]('x'),
      );
      t.is(traced, untraced);
      t.is(traced, answer as never);
      t.is(picture, 'node x (producer)');
    });
