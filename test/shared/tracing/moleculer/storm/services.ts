/** Services for many requests at once; each tells in its answer whose meta it saw. */
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Errors, type Service, type ServiceSchema } from 'moleculer';

type Order = Context<{ key: string }, { key?: string; seenBy?: string }>;
type Plain = Record<string, unknown>;

/** What a handler does: random graphs are made of these. */
export interface Plan {
  readonly id: string;
  /** Which of the `graph` services it happens at. */
  readonly at: string;
  readonly how: 'in turn' | 'at once' | 'mcall';
  readonly calls: readonly Plan[];
  readonly events: readonly Plan[];
  readonly fails: boolean;
}

const retryPolicy = { enabled: true, retries: 5, delay: 1, maxDelay: 2, factor: 1 };

const orders: Plain = {
  name: 'orders',
  created(this: Service & { seen: Set<string> }) {
    this.seen = new Set();
  },
  actions: {
    async success(ctx: Order) {
      const stock = await ctx.call('stock.take', ctx.params);
      return { stock, key: ctx.params.key, meta: ctx.meta };
    },
    error() {
      throw new Errors.MoleculerServerError('no orders today', 503, 'CLOSED');
    },
    retry: {
      retryPolicy,
      handler(this: Service & { seen: Set<string> }, { params, meta }: Order) {
        if (this.seen.has(params.key)) return { key: params.key, meta };
        this.seen.add(params.key);
        throw new Errors.MoleculerRetryableError('not yet', 503, 'BUSY');
      },
    },
    async event(ctx: Order) {
      await ctx.emit('ordered', ctx.params);
      return { key: ctx.params.key, meta: ctx.meta };
    },
    /** Below a request that is not traced: neither are a call and an event, on whatever node. */
    async ignored(ctx: Order) {
      const stock = await ctx.call('stock.take', ctx.params);
      await ctx.emit('ordered', ctx.params);
      return { stock, key: ctx.params.key };
    },
    stream: ({ params }: Order) => Readable.from([`${params.key} `, `${params.key} `], { objectMode: false }),
    abort: () => delay(100),
  },
};

const stock: Plain = {
  name: 'stock',
  actions: {
    async take(ctx: Order) {
      await delay(1);
      ctx.meta.seenBy = `stock for ${ctx.params.key}`;
      return { key: ctx.meta.key };
    },
  },
  events: { ordered: () => delay(1) },
};

const GRAPHS = ['graph-a', 'graph-b', 'graph-c'];

const graph = (name: string): Plain => ({
  name,
  actions: { visit: { tracing: { tags: { params: ['id'] } }, handler: carryOut } },
  events: { [`${name}.told`]: { tracing: { tags: { params: ['id'] } }, handler: carryOut } },
});

/** Does what the plan says, and fails at its end where it is to. */
async function carryOut(ctx: Context<Plan>): Promise<string> {
  const { calls, events, fails, how, id } = ctx.params;
  const visit = (plan: Plan): Promise<unknown> => ctx.call(`${plan.at}.visit`, plan).catch(() => undefined);
  if (how === 'mcall')
    await ctx.mcall(
      calls.map((plan) => ({ action: `${plan.at}.visit`, params: plan })),
      { settled: true },
    );
  else if (how === 'at once') await Promise.all(calls.map(visit));
  else for (const plan of calls) await visit(plan);
  for (const plan of events) await ctx.emit(`${plan.at}.told`, plan);
  if (fails) throw new Error(`${id} fails`);
  return id;
}

/** All of them, to be chosen from by name. */
export const stormServices = [orders, stock, ...GRAPHS.map(graph)] as unknown as readonly ServiceSchema[];
