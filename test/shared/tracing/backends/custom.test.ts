/** Tracers that the application makes, where it fails to. */
import test from 'ava';
import { ServiceBroker } from 'moleculer';
import opentracing from 'opentracing';
import { createTracing } from '#shared/tracing/index.ts';

function createLogger() {
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message) };
  return { logger, warnings };
}

test.serial('a service whose tracer cannot be made runs untraced, and the others are traced', async (t) => {
  const { logger, warnings } = createLogger();
  const sound = new opentracing.MockTracer();
  const backend = (service: string): opentracing.Tracer => {
    if (service === 'hello') throw new Error('no licence');
    return sound;
  };
  const tracing = createTracing({ service: 'gateway', backend, logger, env: {} });
  t.deepEqual(warnings, []);
  const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
  broker.createService({ name: 'hello', actions: { greet: () => 'hello' } });
  await broker.start();
  t.teardown(() => broker.stop());
  t.is(await broker.call('hello.greet'), 'hello');
  t.is(await broker.call('hello.greet'), 'hello');
  t.deepEqual(warnings, ['no tracer for hello: no licence']);
  t.deepEqual(
    (sound.report() as unknown as { spans: { operationName(): string }[] }).spans.map((span) =>
      span.operationName(),
    ),
    ['hello.greet', 'hello.greet'],
  );
});

test.serial('tracing closes, whatever the factory has made', async (t) => {
  const hostile = {
    get close(): never {
      throw new Error('not to be read');
    },
  };
  for (const tracer of [undefined, null, 'no tracer', hostile]) {
    const tracing = createTracing({ service: 'gateway', backend: () => tracer as never, env: {} });
    t.deepEqual(await tracing.close(), { sent: 0, dropped: 0 });
  }
});
