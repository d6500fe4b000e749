/** Calls that are tried again, held back or answered by something else: retry, circuit breaker, bulkhead, cache, fallback. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Errors, type Service, type ServiceBroker } from 'moleculer';
import { until } from '../../../../helpers/until.ts';
import { kindOf, type Outcomes } from './row.ts';

type Asked = Context<{ key: string; times?: number; id?: number }, Record<string, unknown>>;
type Counting = Service & { counts: Map<string, number> };

const busy = () => new Errors.MoleculerRetryableError('busy', 503, 'BUSY');
const retryPolicy = { enabled: true, retries: 2, delay: 2, maxDelay: 2, factor: 1 };
const circuitBreaker = {
  enabled: true,
  threshold: 0.5,
  minRequestCount: 2,
  halfOpenTime: 200,
  check: (error: { code?: number }) => (error.code ?? 500) >= 500,
};

/** Counts, by key, how often a service was asked. */
function count({ counts }: Counting, key: string): number {
  const times = (counts.get(key) ?? 0) + 1;
  counts.set(key, times);
  return times;
}

const failing = (service: Counting, { params }: Asked): string => {
  if (count(service, params.key) <= (params.times ?? 0)) throw busy();
  return `after ${params.times} failures`;
};

/** Resolves when the circuit breakers let one more call through: the caller's, and the callee's, which has one too. */
const mended = (broker: ServiceBroker, action: string): Promise<void> =>
  until(async () => {
    const [endpoint] = broker.registry.getActionEndpoints(action)?.endpoints ?? [];
    if (!endpoint?.isAvailable) return false;
    const filter = { onlyLocal: true, onlyAvailable: true };
    const available = await broker.call<{ name: string }[], object>('$node.actions', filter, {
      nodeID: endpoint.id,
    });
    return available.some(({ name }) => name === action);
  });

export const attempts: Outcomes = {
  there: [
    {
      name: 'flaky',
      created(this: Counting) {
        this.counts = new Map();
      },
      actions: {
        get: {
          retryPolicy,
          handler(this: Counting, ctx: Asked) {
            return failing(this, ctx);
          },
        },
        secret: {
          visibility: 'private',
          retryPolicy,
          handler(this: Counting, ctx: Asked) {
            return failing(this, ctx);
          },
        },
        viaActions(this: Counting, { params }: Asked) {
          return this.actions['get']?.(params);
        },
        viaSecret(this: Counting, { params }: Asked) {
          return this.actions['secret']?.(params);
        },
        frozen: {
          retryPolicy,
          handler(this: Counting, ctx: Asked) {
            Object.freeze(ctx.options);
            return failing(this, ctx);
          },
        },
        viaFrozen(this: Counting, { params }: Asked) {
          return this.actions['frozen']?.(params, Object.freeze({ timeout: 1000 }));
        },
        deep: {
          retryPolicy,
          async handler(this: Counting, ctx: Asked) {
            await ctx.call('flaky.steady');
            return failing(this, ctx);
          },
        },
        steady: () => 'steady',
        never: {
          retryPolicy,
          handler() {
            throw new Errors.MoleculerClientError('never', 400, 'NEVER');
          },
        },
        slow: { retryPolicy, timeout: 20, handler: () => delay(250, 'slow') },
      },
    },
    {
      name: 'fuse',
      created(this: Counting) {
        this.counts = new Map();
      },
      actions: {
        light: {
          circuitBreaker,
          handler(this: Counting, ctx: Asked) {
            return failing(this, ctx);
          },
        },
        lamp: {
          circuitBreaker,
          handler(this: Counting, ctx: Asked) {
            return failing(this, ctx);
          },
        },
      },
    },
    {
      name: 'bath',
      actions: {
        wash: {
          bulkhead: { enabled: true, concurrency: 1, maxQueueSize: 1 },
          async handler(ctx: Asked) {
            await delay(10);
            return ctx.call('flaky.steady');
          },
        },
        splash: {
          bulkhead: { enabled: true, concurrency: 1, maxQueueSize: 1 },
          handler: () => delay(20, 'splash'),
        },
      },
    },
    {
      name: 'shelf',
      actions: {
        book: { cache: { keys: ['id', '#lang'] }, handler: ({ params }: Asked) => `book ${params.id}` },
        locked: { cache: { lock: true }, handler: ({ params }: Asked) => `locked ${params.id}` },
      },
    },
    {
      name: 'net',
      methods: { soft: () => 'soft' },
      actions: {
        catches: {
          fallback: (_: unknown, error: Error) => `instead of ${error.message}`,
          handler: () => Promise.reject(busy()),
        },
        softly: { fallback: 'soft', handler: () => Promise.reject(busy()) },
        tears: {
          fallback() {
            throw new Error('the net tore');
          },
          handler: () => Promise.reject(busy()),
        },
        unused: { fallback: () => 'unused', handler: () => 'used' },
        late: { fallback: () => 'in time', handler: () => delay(250, 'late') },
        viaLate: (ctx: Asked) => ctx.call('net.late', {}, { timeout: 20 }),
        none: () => Promise.reject(busy()),
      },
    },
  ],
  rows: [
    {
      title: 'a call that succeeds at the third attempt',
      run: ({ broker, meta }) => broker.call('flaky.get', { key: 'third', times: 2 }, { meta }),
      picture: `
        gateway flaky.get (client) ERROR MoleculerRetryableError 503 BUSY attempt=1
          flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY
        gateway flaky.get (client) ERROR MoleculerRetryableError 503 BUSY attempt=2
          flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY
        gateway flaky.get (client) attempt=3
          flaky flaky.get (server)
      `,
    },
    {
      title: 'a call whose attempts are used up',
      run: ({ broker }) => broker.call('flaky.get', { key: 'up', times: 9 }),
      picture: `
        gateway flaky.get (client) ERROR MoleculerRetryableError 503 BUSY attempt=1
          flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY
        gateway flaky.get (client) ERROR MoleculerRetryableError 503 BUSY attempt=2
          flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY
        gateway flaky.get (client) ERROR MoleculerRetryableError 503 BUSY attempt=3
          flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY
      `,
    },
    {
      title: 'a call that is not to be tried again',
      run: ({ broker }) => broker.call('flaky.get', { key: 'once', times: 9 }, { retries: 0 }),
      picture: `
        gateway flaky.get (client) ERROR MoleculerRetryableError 503 BUSY
          flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY
      `,
    },
    {
      title: 'a failure that no second attempt would mend',
      run: ({ broker }) => broker.call('flaky.never'),
      picture: `
        gateway flaky.never (client) ERROR MoleculerClientError 400 NEVER
          flaky flaky.never (server) refused MoleculerClientError 400 NEVER
      `,
    },
    {
      title: 'each attempt has what it called below it',
      run: ({ broker }) => broker.call('flaky.deep', { key: 'deep', times: 1 }),
      picture: `
        gateway flaky.deep (client) ERROR MoleculerRetryableError 503 BUSY attempt=1
          flaky flaky.deep (server) ERROR MoleculerRetryableError 503 BUSY
            flaky flaky.steady (client)
              flaky flaky.steady (server)
        gateway flaky.deep (client) attempt=2
          flaky flaky.deep (server)
            flaky flaky.steady (client)
              flaky flaky.steady (server)
      `,
    },
    {
      title: 'attempts through this.actions',
      run: ({ broker }) => broker.call('flaky.viaActions', { key: 'own', times: 1 }),
      picture: `
        gateway flaky.viaActions (client)
          flaky flaky.viaActions (server)
            flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY attempt=1
            flaky flaky.get (client) attempt=2
              flaky flaky.get (server)
      `,
    },
    {
      title: 'attempts through this.actions, all of which fail',
      run: ({ broker }) => broker.call('flaky.viaActions', { key: 'owns', times: 9 }),
      picture: `
        gateway flaky.viaActions (client) ERROR MoleculerRetryableError 503 BUSY
          flaky flaky.viaActions (server) ERROR MoleculerRetryableError 503 BUSY
            flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY attempt=1
            flaky flaky.get (client) ERROR MoleculerRetryableError 503 BUSY attempt=2
              flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY
            flaky flaky.get (client) ERROR MoleculerRetryableError 503 BUSY attempt=3
              flaky flaky.get (server) ERROR MoleculerRetryableError 503 BUSY
      `,
    },
    {
      title: 'attempts of a private action',
      run: ({ broker }) => broker.call('flaky.viaSecret', { key: 'secret', times: 1 }),
      picture: `
        gateway flaky.viaSecret (client)
          flaky flaky.viaSecret (server)
            flaky flaky.secret (server) ERROR MoleculerRetryableError 503 BUSY attempt=1
            flaky flaky.secret (server) attempt=2
      `,
    },
    {
      title: 'attempts of a handler that freezes its options',
      run: ({ broker }) => broker.call('flaky.frozen', { key: 'cold', times: 2 }),
      picture: `
        gateway flaky.frozen (client) ERROR MoleculerRetryableError 503 BUSY attempt=1
          flaky flaky.frozen (server) ERROR MoleculerRetryableError 503 BUSY
        gateway flaky.frozen (client) ERROR MoleculerRetryableError 503 BUSY attempt=2
          flaky flaky.frozen (server) ERROR MoleculerRetryableError 503 BUSY
        gateway flaky.frozen (client) attempt=3
          flaky flaky.frozen (server)
      `,
    },
    {
      title: 'attempts through this.actions with options that are frozen',
      run: ({ broker }) => broker.call('flaky.viaFrozen', { key: 'colder', times: 2 }),
      picture: `
        gateway flaky.viaFrozen (client)
          flaky flaky.viaFrozen (server)
            flaky flaky.frozen (server) ERROR MoleculerRetryableError 503 BUSY attempt=1
            flaky flaky.frozen (client) ERROR MoleculerRetryableError 503 BUSY attempt=2
              flaky flaky.frozen (server) ERROR MoleculerRetryableError 503 BUSY
            flaky flaky.frozen (client) attempt=3
              flaky flaky.frozen (server)
      `,
    },
    {
      title: 'attempts that each time out',
      run: ({ broker }) => broker.call('flaky.slow', {}, { retries: 1 }).catch(kindOf),
      picture: `
        gateway flaky.slow (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT attempt=1
          flaky flaky.slow (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT late=*
        gateway flaky.slow (client) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT attempt=2
          flaky flaky.slow (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT late=*
      `,
    },
    {
      title: 'a circuit breaker opens, and closes with a success',
      async run({ broker }) {
        const ask = () => broker.call('fuse.light', { key: 'light', times: 2 }).catch(kindOf);
        const closed = [await ask(), await ask()];
        const open = await ask();
        await mended(broker, 'fuse.light');
        return [closed, open, await ask(), await ask()];
      },
      picture: `
        gateway fuse.light (client) ERROR MoleculerRetryableError 503 BUSY
          fuse fuse.light (server) ERROR MoleculerRetryableError 503 BUSY
        gateway fuse.light (client) ERROR MoleculerRetryableError 503 BUSY
          fuse fuse.light (server) ERROR MoleculerRetryableError 503 BUSY
        gateway fuse.light (client) ERROR ServiceNotAvailableError 404 SERVICE_NOT_AVAILABLE
        gateway fuse.light (client)
          fuse fuse.light (server)
        gateway fuse.light (client)
          fuse fuse.light (server)
      `,
    },
    {
      title: 'a circuit breaker that is half open, and opens again with a failure',
      async run({ broker }) {
        const ask = () => broker.call('fuse.lamp', { key: 'lamp', times: 9 }).catch(kindOf);
        const closed = [await ask(), await ask()];
        await mended(broker, 'fuse.lamp');
        return [closed, await ask(), await ask()];
      },
      picture: `
        gateway fuse.lamp (client) ERROR MoleculerRetryableError 503 BUSY
          fuse fuse.lamp (server) ERROR MoleculerRetryableError 503 BUSY
        gateway fuse.lamp (client) ERROR MoleculerRetryableError 503 BUSY
          fuse fuse.lamp (server) ERROR MoleculerRetryableError 503 BUSY
        gateway fuse.lamp (client) ERROR MoleculerRetryableError 503 BUSY
          fuse fuse.lamp (server) ERROR MoleculerRetryableError 503 BUSY
        gateway fuse.lamp (client) ERROR ServiceNotAvailableError 404 SERVICE_NOT_AVAILABLE
      `,
    },
    {
      title: 'a bulkhead: the second waits its turn, and is still in its own request',
      run: ({ broker }) => Promise.all([broker.call('bath.wash'), broker.call('bath.wash')]),
      picture: `
        gateway bath.wash (client)
          bath bath.wash (server)
            bath flaky.steady (client)
              flaky flaky.steady (server)
        gateway bath.wash (client)
          bath bath.wash (server) queue_ms=*
            bath flaky.steady (client)
              flaky flaky.steady (server)
      `,
    },
    {
      title: 'a bulkhead whose queue is full',
      run: ({ broker }) =>
        Promise.allSettled([
          broker.call('bath.splash'),
          broker.call('bath.splash'),
          broker.call('bath.splash'),
        ]),
      picture: `
        gateway bath.splash (client)
          bath bath.splash (server)
        gateway bath.splash (client)
          bath bath.splash (server) queue_ms=*
        gateway bath.splash (client) ERROR QueueIsFullError 429 QUEUE_FULL
          bath bath.splash (server) refused QueueIsFullError 429 QUEUE_FULL
      `,
    },
    {
      title: 'a miss and a hit of the cache, whose keys know of meta',
      async run({ broker, meta }) {
        const books = [];
        for (const lang of ['en', 'en', 'de'])
          books.push(await broker.call('shelf.book', { id: 1 }, { meta: { ...meta, lang } }));
        return [
          books,
          Object.keys((broker.cacher as unknown as { cache?: Map<string, unknown> }).cache ?? {}),
        ];
      },
      picture: `
        gateway shelf.book (client)
          shelf shelf.book (server) cached=false
        gateway shelf.book (client)
          shelf shelf.book (server) cached=true
        gateway shelf.book (client)
          shelf shelf.book (server) cached=false
      `,
    },
    {
      title: 'a cache that is not asked',
      run: ({ broker }) => broker.call('shelf.book', { id: 2 }, { meta: { $cache: false } }),
      picture: `
        gateway shelf.book (client)
          shelf shelf.book (server) cached=false
      `,
    },
    {
      title: 'a cache with a lock: two at once, one of which runs',
      atOnce: true,
      run: ({ broker }) =>
        Promise.all([broker.call('shelf.locked', { id: 1 }), broker.call('shelf.locked', { id: 1 })]),
      picture: `
        gateway shelf.locked (client)
          shelf shelf.locked (server) cached=false
        gateway shelf.locked (client)
          shelf shelf.locked (server) cached=true
      `,
    },
    {
      title: 'a fallback of the action: the failure is shown where it was',
      run: ({ broker }) => broker.call('net.catches'),
      picture: `
        gateway net.catches (client)
          net net.catches (server) ERROR MoleculerRetryableError 503 BUSY fallback=true
      `,
    },
    {
      title: 'a fallback that is a method of the service',
      run: ({ broker }) => broker.call('net.softly'),
      picture: `
        gateway net.softly (client)
          net net.softly (server) ERROR MoleculerRetryableError 503 BUSY fallback=true
      `,
    },
    {
      title: 'a fallback that fails too',
      run: ({ broker }) => broker.call('net.tears'),
      picture: `
        gateway net.tears (client) ERROR Error
          net net.tears (server) ERROR MoleculerRetryableError 503 BUSY, Error
      `,
    },
    {
      title: 'a fallback that is not needed',
      run: ({ broker }) => broker.call('net.unused'),
      picture: `
        gateway net.unused (client)
          net net.unused (server)
      `,
    },
    {
      title: 'a fallback for a handler that is too late',
      run: ({ broker }) => broker.call('net.viaLate'),
      picture: `
        gateway net.viaLate (client)
          net net.viaLate (server)
            net net.late (client)
              net net.late (server) ERROR RequestTimeoutError 504 REQUEST_TIMEOUT fallback=true late=*
      `,
    },
    {
      title: 'a fallback of the call',
      run: ({ broker }) => broker.call('net.none', {}, { fallbackResponse: 'mine' } as object),
      picture: `
        gateway net.none (client) fallback=true
          net net.none (server) ERROR MoleculerRetryableError 503 BUSY
      `,
    },
    {
      title: 'a fallback of the call that is a function',
      run: ({ broker }) =>
        broker.call('net.none', {}, {
          fallbackResponse: (_: unknown, { type }: { type: string }) => type,
        } as object),
      picture: `
        gateway net.none (client) fallback=true
          net net.none (server) ERROR MoleculerRetryableError 503 BUSY
      `,
    },
    {
      title: 'an unknown action, for which no fallback helps',
      run: ({ broker }) => broker.call('nobody.knows', {}, { fallbackResponse: 'mine' } as object),
      picture: 'gateway nobody.knows (client) ERROR ServiceNotFoundError 404 SERVICE_NOT_FOUND',
    },
  ],
};
