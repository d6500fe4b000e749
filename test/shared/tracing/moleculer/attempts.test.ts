/** Attempts of one call, span by span, and beside middlewares of the application's. */
import { Readable } from 'node:stream';
import test from 'ava';
import { Errors, type Middleware, ServiceBroker } from 'moleculer';
import opentracing, { type Span } from 'opentracing';
import { createTracing } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';

/** Notes what is done with each span. */
class NotingTracer extends opentracing.Tracer {
  readonly spans: NotingSpan[] = [];

  override startSpan(): Span {
    const span = new NotingSpan();
    this.spans.push(span);
    return span;
  }
}

class NotingSpan extends opentracing.Span {
  readonly startMs = Date.now();
  readonly done: string[] = [];
  finishMs = Number.NaN;

  override setTag(name: string): this {
    this.done.push(name);
    return this;
  }

  override log(): this {
    this.done.push('log');
    return this;
  }

  override finish(finishMs = Date.now()): void {
    this.done.push('finish');
    this.finishMs = finishMs;
  }
}

for (const what of ['nothing', 'a stream'])
  test(`the spans of a call that is tried again with ${what} finish once, at the failure of their attempt`, async (t) => {
    const tracer = new NotingTracer();
    const tracing = createTracing({ service: 'node', backend: () => tracer, env: {} });
    const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
    let tries = 0;
    broker.createService({
      name: 'drain',
      actions: {
        takes: {
          retryPolicy: { enabled: true, retries: 1, delay: 20, maxDelay: 20, factor: 1 },
          async handler({ stream }) {
            if (++tries === 1) throw new Errors.MoleculerRetryableError('busy', 503, 'BUSY');
            return (stream as Readable | null)?.toArray();
          },
        },
      },
    });
    await broker.start();
    const options = what === 'nothing' ? {} : ({ stream: Readable.from(['drop']) } as object);
    await broker.call('drain.takes', {}, options);
    await broker.stop(); // ends what is open still
    const [client, server, secondClient, ...rest] = tracer.spans as NotingSpan[];
    t.is(rest.length, 1);
    for (const { done } of tracer.spans) t.is(done.indexOf('finish'), done.length - 1);
    for (const span of [client, server])
      t.true((span?.finishMs ?? Number.NaN) <= (secondClient?.startMs ?? 0) - 10);
  });

/** As an application writes it, to add something to each call. */
const copying = {
  call: (next: (...call: unknown[]) => unknown) => (action: string, params: unknown, options: object) =>
    next(action, params, { ...options }),
} as unknown as Middleware;

for (const place of ['inside', 'outside'] as const)
  test(`attempts are told apart with a middleware ${place} of the tracing that copies the options`, async (t) => {
    const tracing = createMemoryTracing({ service: 'gateway' });
    const traced = tracing.moleculer();
    const broker = new ServiceBroker({
      logger: false,
      retryPolicy: { enabled: true, retries: 2, delay: 1, maxDelay: 1 },
      middlewares: place === 'inside' ? [copying, traced] : [traced, copying],
    });
    let tries = 0;
    const get = () => {
      if (++tries < 3) throw new Errors.MoleculerRetryableError('busy', 503, 'BUSY');
      return 'at last';
    };
    broker.createService({ name: 'flaky', actions: { get } });
    await broker.start();
    t.teardown(() => broker.stop());
    t.is(await broker.call('flaky.get'), 'at last');
    matchTree(
      tracing.spans,
      `
      gateway flaky.get (client) ERROR moleculer.attempt=1
        flaky flaky.get (server) ERROR
      gateway flaky.get (client) ERROR moleculer.attempt=2
        flaky flaky.get (server) ERROR
      gateway flaky.get (client) moleculer.attempt=3
        flaky flaky.get (server)
      `,
      { tags: ['moleculer.attempt'], siblings: 'start' },
    );
  });
