/** Tracers that the application makes, where it fails to. */
import { setImmediate } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
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

const NO_TRACERS: readonly [made: string, make: () => unknown, reason: string][] = [
  ['undefined', () => undefined, 'the factory returned none'],
  ['a text', () => 'tracer', 'the factory returned none'],
  ['a promise', async () => new opentracing.MockTracer(), 'the factory returned a promise'],
  ['a failure', async () => Promise.reject(new Error('no')), 'the factory returned a promise'],
];

for (const [made, make, reason] of NO_TRACERS)
  test.serial(`a factory that makes no tracer but ${made} is told of`, async (t) => {
    const { logger, warnings } = createLogger();
    const tracing = createTracing({ service: 'gateway', backend: make as never, logger, env: {} });
    t.deepEqual(warnings, [`no tracer for gateway: ${reason}`]);
    t.notThrows(() => tracing.tracerFor('gateway').startSpan('a').finish());
    await setImmediate();
  });

test.serial('tracing closes, whatever the factory has made', async (t) => {
  const hostile = {
    get close(): never {
      throw new Error('not to be read');
    },
  };
  for (const tracer of [undefined, null, 'no tracer', hostile]) {
    const { logger } = createLogger();
    const tracing = createTracing({ service: 'gateway', backend: () => tracer as never, logger, env: {} });
    t.deepEqual(await tracing.close(), { sent: 0, dropped: 0 });
  }
});

/** The names of the warnings that Node gives while the test runs. */
function warningsIn(t: ExecutionContext): string[] {
  const names: string[] = [];
  const note = ({ name }: Error): void => void names.push(name);
  process.on('warning', note);
  t.teardown(() => process.off('warning', note));
  return names;
}

/** Tracing whose tracer says that it is closed when `closes` does. */
function createClosingTracing(closes: Promise<void>) {
  const tracer = Object.assign(new opentracing.Tracer(), { close: () => closes });
  return createTracing({ service: 'gateway', backend: () => tracer, env: {} });
}

test.serial('a close without a deadline waits for the tracers, and no timer overflows', async (t) => {
  const warnings = warningsIn(t);
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const closing = createClosingTracing(promise)
    .close({ deadlineMs: Number.POSITIVE_INFINITY })
    .then(() => order.push('tracing'));
  // A timer that overflows fires after 1 ms, so before this one.
  setTimeout(() => {
    order.push('tracer');
    resolve();
  }, 20);
  await closing;
  t.deepEqual(order, ['tracer', 'tracing']);
  t.deepEqual(warnings, []);
});

for (const deadlineMs of [Number.NaN, Number.NEGATIVE_INFINITY, -1])
  test.serial(`a close with a deadline of ${deadlineMs} waits for nothing`, async (t) => {
    const warnings = warningsIn(t);
    const never = Promise.withResolvers<void>().promise;
    t.deepEqual(await createClosingTracing(never).close({ deadlineMs }), { sent: 0, dropped: 0 });
    await setImmediate();
    t.deepEqual(warnings, []);
  });

test.serial('a close may be a callback: what it is given beside a deadline changes nothing', async (t) => {
  for (const given of [undefined, null, new Error('stopped'), 'SIGTERM', 0, { deadlineMs: null }]) {
    const closing = createClosingTracing(setImmediate()).close(given as never);
    t.deepEqual(await closing, { sent: 0, dropped: 0 });
  }
});
