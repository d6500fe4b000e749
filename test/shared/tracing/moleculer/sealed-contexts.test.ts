/** Context classes of the application whose contexts take no property that they do not know. */
import test from 'ava';
import { Context, type Middleware, ServiceBroker } from 'moleculer';
import { inSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';

type ContextClass = new (...parameters: never[]) => Context;
const Plain = Context as unknown as ContextClass;

/** What Moleculer itself adds later. */
class Open extends Plain {
  fallbackResult = false;
  _retryAttempts: number | null = null;
}

const factories: Readonly<Record<string, ContextClass>> = {
  'that are sealed': class Sealed extends Open {
    constructor(...parameters: never[]) {
      super(...parameters);
      // biome-ignore lint/correctness/noConstructorReturn: the same, sealed
      return Object.preventExtensions(this);
    }
  },
  'that refuse what they do not know': class Refusing extends Open {
    constructor(...parameters: never[]) {
      super(...parameters);
      const set = (target: object, name: string | symbol, value: unknown) =>
        typeof name !== 'symbol' && Reflect.set(target, name, value);
      // biome-ignore lint/correctness/noConstructorReturn: the same, guarded
      return new Proxy<this>(this, { set });
    }
  },
  'that forget what they do not know': class Forgetting extends Open {
    constructor(...parameters: never[]) {
      super(...parameters);
      const set = (target: object, name: string | symbol, value: unknown) =>
        typeof name === 'symbol' || Reflect.set(target, name, value);
      // biome-ignore lint/correctness/noConstructorReturn: the same, guarded
      return new Proxy<this>(this, { set });
    }
  },
};

for (const [title, ContextFactory] of Object.entries(factories))
  test.serial(`contexts ${title} are traced, and do what they do without tracing`, async (t) => {
    const jobs: (() => unknown)[] = [];
    const run = async (middlewares: Middleware[]) => {
      const broker = new ServiceBroker({
        logger: false,
        ContextFactory: ContextFactory as never,
        middlewares,
        bulkhead: { enabled: true, concurrency: 10 },
        retryPolicy: { enabled: true },
      });
      broker.createService({
        name: 's',
        actions: {
          x: (ctx: Context) => ctx.call('s.y'),
          y: () => 2,
          fails() {
            throw new Error('in vain');
          },
          falls: { handler: (ctx: Context) => ctx.call('s.fails'), fallback: () => 'fallen' } as never,
          later: (ctx: Context) => new Promise((resolve) => jobs.push(() => ctx.call('s.y').then(resolve))),
        },
        events: { told: (ctx: Context) => ctx.call('s.y') as never },
      });
      await broker.start();
      t.teardown(() => broker.stop());
      const later = inSpan('request', {}, () => broker.call('s.later'));
      await inSpan('another', {}, () => jobs.pop()?.());
      return [
        await later,
        await broker.call('s.x'),
        await broker.call('s.fails').catch((error: Error) => error.message),
        await broker.call('s.falls'),
        await broker.broadcastLocal('told', 1, { throwError: true } as object),
      ];
    };
    const untraced = await run([]);
    const tracing = createMemoryTracing({ service: 'node' });
    t.deepEqual(await run([tracing.moleculer()]), untraced);
    t.deepEqual(untraced, [2, 2, 'in vain', 'fallen', true] as never);
    t.is(tracing.stats().unfinished, 0);
    matchTree(
      tracing.spans,
      `
      node another
      node request
        node s.later (client)
          s s.later (server)
            s s.y (client)
              s s.y (server)
      node s.x (client)
        s s.x (server)
          s s.y (client)
            s s.y (server)
      node s.fails (client) ERROR
        s s.fails (server) ERROR
      node s.falls (client)
        s s.falls (server) ERROR
          s s.fails (client) ERROR
            s s.fails (server) ERROR
      node told (producer)
        ~ s told (consumer)
          s s.y (client)
            s s.y (server)`,
    );
  });
