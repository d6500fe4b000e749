/** Middlewares of the application between the tracing and Moleculer: what they answer is what they answer without tracing. */
import test, { type ExecutionContext } from 'ava';
import { type Context, Errors, type Middleware, ServiceBroker, type ServiceSchema } from 'moleculer';
import * as opentracing from 'opentracing';
import { createTracing, inSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing, spanTree } from '#shared/tracing/testing.ts';

type Answer = Promise<unknown> & { cancel?(): string };
type Call = (action: string, params?: unknown, options?: object) => Answer;
type Emit = (event: string, payload?: unknown, options?: object) => unknown;

interface Own {
  readonly middleware: object;
  readonly services?: readonly ServiceSchema[];
  readonly sampled?: boolean;
}

/** Runs the same with a middleware alone, and with the tracing around it. */
async function compare(
  t: ExecutionContext,
  { middleware, services = [], sampled = true }: Own,
  run: (broker: ServiceBroker) => unknown,
) {
  const runWith = async (...around: Middleware[]) => {
    const middlewares = [middleware as Middleware, ...around];
    const broker = new ServiceBroker({ nodeID: 'node', logger: false, middlewares });
    for (const service of services) broker.createService(service);
    await broker.start();
    t.teardown(() => broker.stop());
    return run(broker);
  };
  const tracing = createMemoryTracing({
    service: 'node',
    sampler: { type: 'const', param: sampled ? 1 : 0 },
  });
  const untraced = await runWith();
  const traced = await runWith(tracing.moleculer());
  t.is(tracing.stats().unfinished, 0);
  return { untraced, traced, picture: spanTree(tracing.spans) };
}

for (const how of ['emit', 'broadcast', 'broadcastLocal'] as const)
  for (const answer of [false, null, true, 'vetoed', 0, { vetoed: true }])
    test(`a middleware of ${how} may answer ${JSON.stringify(answer)}, which is no promise`, async (t) => {
      const veto = {
        name: 'Veto',
        [how]: (next: Emit) => (event: string) => (event === 'x' ? answer : next(event)),
      };
      const { untraced, traced, picture } = await compare(t, { middleware: veto }, (broker) =>
        broker[how]('x'),
      );
      t.is(traced, untraced);
      t.is(traced, answer as never);
      t.is(picture, 'node x (producer)');
    });

const services: readonly ServiceSchema[] = [
  {
    name: 's',
    actions: {
      x: () => 'not asked',
      y: async (ctx: Context) => [await ctx.call('s.x'), ctx.meta],
      z: () => 'asked',
    },
  },
];
const answering = (answer: () => unknown) => ({
  name: 'Mock',
  call: (next: Call) => (action: string, params: unknown, options: object) =>
    action === 's.x' ? answer() : next(action, params, options),
});

for (const sampled of [true, false])
  test.serial(
    `a middleware of calls may answer what is no promise, ${sampled ? 'sampled' : 'not sampled'}`,
    async (t) => {
      const answer = { mocked: 1 };
      const middleware = answering(() => answer);
      const { untraced, traced, picture } = await compare(
        t,
        { middleware, services, sampled },
        async (broker) => {
          await broker.call('s.z');
          return inSpan('request', {}, () => broker.call('s.x'));
        },
      );
      t.is(traced, untraced);
      t.is(traced, answer as never);
      if (sampled) t.regex(picture, /node request\n {2}node s\.x \(client\)$/);
      else t.is(picture, '');
    },
  );

test('a middleware of calls may answer with a context of its own making', async (t) => {
  const middleware = answering(() =>
    Object.assign(Promise.resolve('mock'), { ctx: { nodeID: 'mock', meta: { back: 1 } } }),
  );
  const { untraced, traced } = await compare(t, { middleware, services }, async (broker) => [
    await broker.call('s.x'),
    await broker.call('s.y'),
  ]);
  t.deepEqual(traced, untraced);
  t.deepEqual(traced, ['mock', ['mock', { back: 1 }]]);
});

for (const sampled of [true, false])
  test.serial(
    `a middleware of calls may give its promises members, ${sampled ? 'sampled' : 'not sampled'}`,
    async (t) => {
      const middleware = {
        name: 'Cancel',
        call: (next: Call) => (action: string, params: unknown, options: object) =>
          Object.assign(next(action, params, options), { cancel: () => 'cancelled' }),
      };
      const { untraced, traced } = await compare(t, { middleware, services, sampled }, (broker) =>
        inSpan('request', {}, async () => {
          const call: Answer = broker.call('s.z');
          return [call.cancel?.(), await call, Object.keys(call).sort()];
        }),
      );
      t.deepEqual(traced, untraced);
      t.deepEqual(traced, ['cancelled', 'asked', ['cancel', 'ctx']]);
    },
  );

/** As lodash does it: by members, those named by symbols too, on the same prototypes. */
function cloneDeep<Value>(value: Value, known = new Map<unknown, unknown>()): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (known.has(value)) return known.get(value) as Value;
  const clone = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value));
  known.set(value, clone);
  for (const name of Reflect.ownKeys(value))
    if (Object.prototype.propertyIsEnumerable.call(value, name))
      clone[name] = cloneDeep(Reflect.get(value, name), known);
  return clone;
}

for (const sampled of [true, false])
  test.serial(
    `a middleware may make deep copies of options, ${sampled ? 'sampled' : 'not sampled'}`,
    async (t) => {
      const cloned = (options: object | undefined) =>
        options && 'parentCtx' in options
          ? { ...cloneDeep({ ...options, parentCtx: null }), parentCtx: options.parentCtx }
          : cloneDeep(options);
      const copies = (next: Call) => (name: string, params: unknown, options: object) =>
        next(name, params, cloned(options));
      const middleware = { name: 'Clone', call: copies, emit: copies, broadcast: copies };
      const told = (ctx: Context) => void ctx.call('s.z');
      const { untraced, traced, picture } = await compare(
        t,
        { middleware, services: [...services, { name: 'hears', events: { told } }], sampled },
        async (broker) => [
          await broker.call('s.z', {}, { meta: { a: 1 } }),
          await broker.call('s.y', {}, { meta: { a: 1 } }),
          await broker.emit('told', {}, { throwError: true } as object),
          await broker.broadcast('told', {}, { throwError: true } as object),
        ],
      );
      t.deepEqual(traced, untraced);
      t.deepEqual(traced, ['asked', ['not asked', { a: 1 }], true, true]);
      t.is(picture.match(/s s\.z \(server\)/g)?.length, sampled ? 3 : undefined);
    },
  );

test('a call is tried again although a middleware has made a deep copy of its options', async (t) => {
  const copies = (next: Call) => (name: string, params: unknown, options?: { ctx?: unknown }) =>
    next(name, params, options?.ctx ? options : cloneDeep(options));
  let tries = 0;
  const handler = () => {
    if (++tries % 3 !== 0) throw new Errors.MoleculerRetryableError('busy', 503, 'BUSY', {});
    return 'at last';
  };
  const retryPolicy = { enabled: true, retries: 2, delay: 1, maxDelay: 1, factor: 1 };
  const flaky = { name: 'flaky', actions: { get: { retryPolicy, handler } as never } };
  const middleware = { name: 'Clone', call: copies };
  const { untraced, traced, picture } = await compare(t, { middleware, services: [flaky] }, (broker) =>
    broker.call('flaky.get', {}, { meta: { a: 1 } }),
  );
  t.is(traced, untraced);
  t.is(traced, 'at last');
  t.is(picture.match(/flaky flaky\.get \(server\)/g)?.length, 3);
});

/** A copy of a context that is deep where the tracing has noted something on it. */
function cloneContext(ctx: object): object {
  const clone = Object.assign(Object.create(Object.getPrototypeOf(ctx)), ctx);
  for (const name of Object.getOwnPropertySymbols(ctx)) clone[name] = cloneDeep(Reflect.get(ctx, name));
  return clone;
}

const TRACINGS = {
  ours: () => createMemoryTracing({ service: 'node' }),
  'ours, not sampled': () => createMemoryTracing({ service: 'node', sampler: { type: 'const', param: 0 } }),
  'a factory of the application': () =>
    createTracing({ service: 'node', backend: () => new opentracing.MockTracer(), env: {} }),
};

for (const [backend, create] of Object.entries(TRACINGS))
  test.serial(`a middleware may make copies of contexts, with the tracers of ${backend}`, async (t) => {
    const tracing = create();
    const copies = (next: Call) => (name: string, params: unknown, options?: { parentCtx?: object | null }) =>
      next(
        name,
        params,
        options?.parentCtx ? { ...options, parentCtx: cloneContext(options.parentCtx) } : options,
      );
    const asks = (ctx: Context) => ctx.call('s.answers');
    const hands = (ctx: Context) => ctx.call('s.asks');
    const broker = new ServiceBroker({
      logger: false,
      middlewares: [tracing.moleculer(), { name: 'Clone', call: copies } as unknown as Middleware],
    });
    broker.createService({
      name: 's',
      actions: { answers: () => 'here', asks, hands, quiet: { tracing: false, handler: asks } as never },
    });
    await broker.start();
    t.teardown(() => broker.stop());
    for (const action of ['s.asks', 's.hands', 's.quiet']) t.is(await broker.call(action), 'here');
  });
