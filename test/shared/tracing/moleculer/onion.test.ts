/** Middlewares of the application that are called as Moleculer's own are. */
import test from 'ava';
import { Errors, type Middleware, ServiceBroker } from 'moleculer';
import { createMemoryTracing, spanTree } from '#shared/tracing/testing.ts';

const retryPolicy = { enabled: true, retries: 3, delay: 2, maxDelay: 2, factor: 1 };

/** The trace of a call that is tried again and falls back, and of two events of which one is handled. */
async function picture(own: Middleware[]): Promise<string> {
  const tracing = createMemoryTracing({ service: 'node' });
  const broker = new ServiceBroker({ logger: false, middlewares: [...own, tracing.moleculer()] });
  const heard = Promise.withResolvers<void>();
  let tried = 0;
  broker.createService({
    name: 's',
    actions: {
      x: {
        retryPolicy,
        bulkhead: { enabled: true, concurrency: 1 },
        fallback: () => 'fallen',
        handler() {
          if (++tried === 1) throw new Errors.MoleculerRetryableError('busy', 503, 'BUSY');
          throw new Error('in vain');
        },
      } as never,
    },
    events: { told: { debounce: 5, handler: () => heard.resolve() } as never },
  });
  await broker.start();
  await broker.emit('told', 1);
  await broker.emit('told', 2);
  await broker.call('s.x');
  await heard.promise;
  await broker.stop();
  return spanTree(tracing.spans, { tags: ['error', 'moleculer.attempt', 'moleculer.fallback'] });
}

for (const name of ['Retry', 'Fallback', 'Debounce', 'Bulkhead'])
  for (const hooks of [false, true])
    test(`a middleware called ${name}, ${hooks ? 'with' : 'without'} hooks, changes nothing of the traces`, async (t) => {
      const pass = (next: unknown) => next;
      const own = { name, ...(hooks && { localAction: pass, remoteAction: pass, localEvent: pass }) };
      t.is(await picture([own as unknown as Middleware]), await picture([]));
    });
