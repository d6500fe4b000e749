/** Options and contexts that are used for more than one call. */
import { setTimeout as delay } from 'node:timers/promises';
import { type CallingOptions, type Context, Errors, type Service } from 'moleculer';
import type { Outcomes } from './row.ts';

type Asked = Context<{ n?: number; times?: number; key?: string }, Record<string, unknown>>;

const retryPolicy = { enabled: true, retries: 2, delay: 2, maxDelay: 2, factor: 1 };

/** Of a module, for whatever requests there are. */
const SHARED: CallingOptions = { timeout: 5000 };

/** All that is said in the options, by names and by symbols. */
const keysOf = (options: object): number => Reflect.ownKeys(options).length;

export const handedOn: Outcomes = {
  there: [
    {
      name: 'relay',
      actions: {
        steady: () => 'steady',
        one: { retryPolicy, handler: (ctx: Asked) => ctx.call('relay.steady') },
        odd: {
          retryPolicy,
          async handler({ params: { n = 0 } }: Asked) {
            await delay(10 - 3 * n);
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
  ],
};
