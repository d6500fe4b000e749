/** Options and contexts that are used for more than one call. */
import { type CallingOptions, type Context, Errors, type Service } from 'moleculer';
import type { Outcomes } from './row.ts';

type Asked = Context<{ n?: number }, Record<string, unknown>>;
type Counting = Service & { count: number };

const retryPolicy = { enabled: true, retries: 2, delay: 2, maxDelay: 2, factor: 1 };

/** Of a module, for whatever requests there are. */
const SHARED: CallingOptions = { timeout: 5000 };

/** Calls with the context of another one, or with its options. */
async function handOn(service: Service, ctx: Asked, action: string): Promise<unknown[]> {
  const again = { ctx } as CallingOptions;
  const options = ctx.options as CallingOptions;
  return [
    await service.actions[action]?.({}, again),
    await service.actions[action]?.({}, options),
    await service.actions[action]?.({}, { ...options, parentCtx: ctx }),
  ];
}

/** All that is said in the options, by names and by symbols. */
const keysOf = (options: object): number => Reflect.ownKeys(options).length;

/** Some turns of promises: a time that is the longer the more they are, however busy the machine is. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined;
}

export const handedOn: Outcomes = {
  there: [
    {
      name: 'relay',
      created(this: Counting) {
        this.count = 0;
      },
      actions: {
        steady: () => 'steady',
        one: { retryPolicy, handler: (ctx: Asked) => ctx.call('relay.steady') },
        odd: {
          retryPolicy,
          async handler({ params: { n = 0 } }: Asked) {
            await turns(100 * (3 - n));
            if (n % 2 === 0) throw new Errors.MoleculerClientError('even', 400, 'EVEN');
            return n;
          },
        },
        async viaShared(this: Service) {
          return [await this.actions['one']?.({}, SHARED), keysOf(SHARED)];
        },
        async atOnce(this: Service, ctx: Asked) {
          const options = { parentCtx: ctx } as CallingOptions;
          const odd = (n: number) =>
            this.actions['odd']?.({ n }, options).catch(({ message }: Error) => message);
          return [await Promise.all([1, 2, 3].map(odd)), keysOf(options)];
        },
        handsOn(this: Service, ctx: Asked) {
          return handOn(this, ctx, 'steady');
        },
        handsOnRetried(this: Service, ctx: Asked) {
          return handOn(this, ctx, 'one');
        },
        again(this: Service, ctx: Asked) {
          return this.broker.call('relay.one', {}, { ctx } as object);
        },
        retried: {
          retryPolicy,
          async handler(this: Counting, ctx: Asked) {
            const handed = await handOn(this, ctx, 'one');
            if (++this.count % 3 !== 0) throw new Errors.MoleculerRetryableError('busy', 503, 'BUSY');
            return handed;
          },
        },
      },
    },
  ],
  rows: [
    {
      title: 'options that requests share for their calls through this.actions',
      outside: true,
      run: async ({ broker }) => [await broker.call('relay.viaShared'), await broker.call('relay.viaShared')],
      picture: `
        gateway relay.viaShared (client)
          relay relay.viaShared (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
        gateway relay.viaShared (client)
          relay relay.viaShared (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
      `,
    },
    {
      title: 'options that calls through this.actions share at once: each has its own failure',
      run: ({ broker }) => broker.call('relay.atOnce'),
      picture: `
        gateway relay.atOnce (client)
          relay relay.atOnce (server)
            relay relay.odd (server)
            relay relay.odd (server) refused MoleculerClientError 400 EVEN
            relay relay.odd (server)
      `,
    },
    {
      title: 'a context and options that are used again through this.actions: what they call is below them',
      run: ({ broker }) => broker.call('relay.handsOn'),
      picture: `
        gateway relay.handsOn (client)
          relay relay.handsOn (server)
            relay relay.steady (server)
            relay relay.steady (server)
            relay relay.steady (server)
      `,
    },
    {
      title: 'the same of an action that may be tried again',
      run: ({ broker }) => broker.call('relay.handsOnRetried'),
      picture: `
        gateway relay.handsOnRetried (client)
          relay relay.handsOnRetried (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
      `,
    },
    {
      title: 'a context that is used again by broker.call',
      run: ({ broker }) => broker.call('relay.again'),
      picture: `
        gateway relay.again (client)
          relay relay.again (server)
            relay relay.one (client)
              relay relay.one (server)
                relay relay.steady (client)
                  relay relay.steady (server)
      `,
    },
    {
      title: 'a context and options that are used again in each attempt',
      run: ({ broker }) => broker.call('relay.retried'),
      picture: `
        gateway relay.retried (client) ERROR MoleculerRetryableError 503 BUSY attempt=1
          relay relay.retried (server) ERROR MoleculerRetryableError 503 BUSY
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
        gateway relay.retried (client) ERROR MoleculerRetryableError 503 BUSY attempt=2
          relay relay.retried (server) ERROR MoleculerRetryableError 503 BUSY
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
        gateway relay.retried (client) attempt=3
          relay relay.retried (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
            relay relay.one (server)
              relay relay.steady (client)
                relay relay.steady (server)
      `,
    },
  ],
};
