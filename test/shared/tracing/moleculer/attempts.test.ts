/** Attempts of one call, span by span: what no picture of a trace shows. */
import { Readable } from 'node:stream';
import test from 'ava';
import { Errors, ServiceBroker } from 'moleculer';
import opentracing, { type Span } from 'opentracing';
import { createTracing } from '#shared/tracing/index.ts';

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
