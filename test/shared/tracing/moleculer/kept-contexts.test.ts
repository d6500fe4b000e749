/** Contexts that are kept once their request is over, as an application may do for long. */
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { type Context, type Middleware, ServiceBroker } from 'moleculer';
import opentracing, { type Span } from 'opentracing';
import { createTracing } from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { collectGarbage } from '../../../helpers/garbage.ts';

/** Notes each span that it starts, without holding it. */
class NotingTracer extends opentracing.Tracer {
  readonly spans: { name: string; ref: WeakRef<Span> }[] = [];

  override startSpan(name: string): Span {
    const span = new opentracing.Span();
    this.spans.push({ name, ref: new WeakRef(span) });
    return span;
  }
}

for (const outcome of ['answers', 'fails'])
  test(`a context of a call that ${outcome} keeps neither its client span nor what the handler returned`, async (t) => {
    const tracer = new NotingTracer();
    const tracing = createTracing({ service: 'shop', backend: () => tracer, env: {} });
    const kept: Context[] = [];
    const returned: WeakRef<object>[] = [];
    const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
    broker.createService({
      name: 'shop',
      actions: {
        run(ctx: Context) {
          kept.push(ctx);
          const value = outcome === 'fails' ? new Error('in vain') : { stock: 3 };
          returned.push(new WeakRef(value));
          if (outcome === 'fails') throw value;
          return value;
        },
      },
    });
    await broker.start();
    t.teardown(() => broker.stop());

    // Moleculer itself holds on to what the latest call came to.
    for (let call = 0; call < 2; call++) await broker.call('shop.run').catch(() => {});
    await turn(); // a WeakRef holds on until the end of the turn in which it was made
    collectGarbage();
    const [client, server] = tracer.spans;
    t.is(client?.ref.deref(), undefined);
    t.is(returned[0]?.deref(), undefined);
    t.truthy(server?.ref.deref(), 'what the handler still does in its context is in its span');
    t.is(kept.length, 2);
  });

for (const what of ['context', 'options'] as const)
  for (const outcome of ['answers', 'fails'])
    test(`a handler that freezes its ${what} and ${outcome} does so as without tracing`, async (t) => {
      const run = async (middlewares: Middleware[]) => {
        const broker = new ServiceBroker({ logger: false, middlewares });
        broker.createService({
          name: 'shop',
          actions: {
            run(ctx: Context) {
              Object.freeze(what === 'context' ? ctx : ctx.options);
              if (outcome === 'fails') throw new Error('in vain');
              return 'done';
            },
          },
        });
        await broker.start();
        t.teardown(() => broker.stop());
        return broker.call('shop.run').catch((error: Error) => error.message);
      };
      const tracing = createMemoryTracing({ service: 'shop' });
      t.is(await run([tracing.moleculer()]), await run([]));
      t.deepEqual(
        tracing.spans.map(({ tags }) => [tags['span.kind'], tags['error'] === true]),
        ['server', 'client'].map((kind) => [kind, outcome === 'fails']),
      );
    });
