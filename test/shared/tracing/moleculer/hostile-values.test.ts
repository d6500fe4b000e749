/** Values of the application that do not let themselves be looked at: they go where they go without tracing. */
import { PassThrough } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { type Context, type Middleware, ServiceBroker, type ServiceSchema } from 'moleculer';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

/** Throws where it is asked for what it does not have, as records of some libraries do; but what awaits and JSON ask for. */
function strict<Target extends object>(target: Target): Target {
  return new Proxy(target, {
    get(own, name) {
      if (name in own || name === 'then' || name === 'toJSON' || typeof name === 'symbol')
        return Reflect.get(own, name);
      throw new Error(`there is no ${name}`);
    },
  });
}

async function startBroker(t: ExecutionContext, service: ServiceSchema, ...outside: Middleware[]) {
  const tracing = createMemoryTracing({ service: 'node' });
  const middlewares = [tracing.moleculer(), ...outside];
  const broker = new ServiceBroker({ nodeID: 'node', logger: false, middlewares });
  broker.createService(service);
  await broker.start();
  t.teardown(() => broker.stop());
  return { broker, tracing };
}

test('a result that throws where it is asked for more than it has is the result', async (t) => {
  const result = strict({ a: 1 });
  const { broker, tracing } = await startBroker(t, { name: 's', actions: { x: () => result } });
  t.is(await broker.call('s.x'), result);
  t.is(tracing.stats().unfinished, 0);
  t.deepEqual(
    tracing.spans.map(({ tags }) => tags['error']),
    [undefined, undefined],
  );
});

test('so is a meta the meta, and what stands where a stream might', async (t) => {
  const meta = strict({ user: 'ada' });
  const { broker, tracing } = await startBroker(t, {
    name: 's',
    actions: {
      x: (ctx: Context<unknown, object>) => ctx.meta,
      via() {
        return this.actions['x']?.({}, { meta });
      },
    },
    events: { told: (ctx: Context<unknown, object>) => void t.is(ctx.meta, meta) },
  });
  t.is(await broker.call('s.via'), meta);
  t.is(await broker.call('s.x', {}, { meta, stream: strict({}) } as object), meta);
  await broker.emit('told', {}, { meta, throwError: true } as object);
  t.is(tracing.stats().unfinished, 0);
});

for (const name of ['code', 'type', 'message', 'stack', 'name'])
  test(`an error whose ${name} throws is the error that callers get`, async (t) => {
    const get = () => {
      throw new Error('from the getter');
    };
    const error = Object.defineProperty(new Error('original'), name, { get });
    const fail = () => {
      throw error;
    };
    const refusing = {
      name: 'Refusing',
      call:
        (next: (...call: unknown[]) => unknown) =>
        (action: string, ...rest: unknown[]) =>
          action === 's.refused' ? Promise.reject(error) : next(action, ...rest),
    } as unknown as Middleware;
    const { broker, tracing } = await startBroker(
      t,
      {
        name: 's',
        actions: {
          x: fail,
          via: (ctx: Context) => ctx.call('s.x'),
          asks: (ctx: Context) => ctx.call('s.refused'),
        },
        events: { told: fail },
      },
      refusing,
    );
    t.is(await broker.call('s.x').catch((caught) => caught), error);
    t.is(await broker.call('s.via').catch((caught) => caught), error);
    t.is(await broker.call('s.asks').catch((caught) => caught), error);
    t.is(
      await broker.broadcastLocal('told', {}, { throwError: true } as object).catch((caught) => caught),
      error,
    );
    t.is(tracing.stats().unfinished, 0);
  });

const like = () => ({ readable: true, on() {}, pipe() {} });
const writableFalse = { value: PassThrough.prototype.emit, writable: false };
const streams: Record<string, () => object> = {
  'like a stream, and frozen': () => Object.freeze(like()),
  'like a stream, without events': like,
  'like a stream, with events that are none': () => ({ ...like(), emit: 'none' }),
  'like a stream, and deaf to what is put into it': () =>
    Object.defineProperty(like(), 'emit', { get: () => PassThrough.prototype.emit, set() {} }),
  'a stream whose events stay its own': () => Object.defineProperty(new PassThrough(), 'emit', writableFalse),
};

for (const [title, make] of Object.entries(streams))
  test(`${title}: it is handed on as it is, and not waited for`, async (t) => {
    const answer = make();
    const names = Object.getOwnPropertyNames(answer);
    const { broker, tracing } = await startBroker(t, {
      name: 's',
      actions: { x: () => answer, takes: (ctx: Context) => (ctx as { stream?: unknown }).stream },
    });
    t.is(await broker.call('s.x'), answer);
    t.is(await broker.call('s.takes', {}, { stream: answer } as object), answer);
    t.deepEqual(Object.getOwnPropertyNames(answer), names);
    t.is(tracing.stats().unfinished, 0);
    t.is(tracing.spans.length, 4);
    for (const { logs } of tracing.spans) t.is(logs[0]?.fields['event'], 'not followed');
  });

test('a stream hands on chunks that cannot be looked at', async (t) => {
  const stream = new PassThrough({ objectMode: true });
  const { broker, tracing } = await startBroker(t, { name: 's', actions: { x: () => stream } });
  const got = (await broker.call('s.x')) as PassThrough;
  const getPrototypeOf = () => {
    throw new Error('nobody knows');
  };
  const chunk = new Proxy({}, { getPrototypeOf });
  const heard = new Promise((resolve) => got.once('data', (one) => resolve(one === chunk)));
  stream.write(chunk);
  t.true(await heard);
  stream.end();
  await got.toArray();
  t.is(tracing.stats().unfinished, 0);
});

class Options {
  readonly #user: string;
  timeout = 1000;

  constructor(user: string) {
    this.#user = user;
  }

  get meta() {
    return { user: this.#user };
  }

  get groups() {
    return this.#user === 'ada' ? ['s'] : ['nobody'];
  }

  get unused() {
    throw new Error('nobody asks for this');
  }
}

const hidden = (name: string, value: unknown) => Object.defineProperty({}, name, { value });

test('options may be of a class with private state, or be hidden', async (t) => {
  const heard: unknown[] = [];
  const { broker, tracing } = await startBroker(t, {
    name: 's',
    actions: {
      shows: ({ meta, options }: Context<unknown, object>) => ({ meta, timeout: options.timeout }),
      heads: (ctx: Context) => (ctx as { headers?: unknown }).headers,
    },
    events: { told: (ctx: Context<unknown, object>) => void heard.push(ctx.meta) },
  });
  const call = (action: string, options: object) => broker.call(action, {}, options);
  t.deepEqual(await call('s.shows', new Options('ada')), { meta: { user: 'ada' }, timeout: 1000 });
  t.deepEqual(await call('s.shows', hidden('meta', { user: 'bob' })), { meta: { user: 'bob' }, timeout: 0 });
  t.deepEqual(await call('s.shows', hidden('timeout', 99)), { meta: {}, timeout: 99 });
  t.deepEqual(await call('s.heads', hidden('headers', { a: '1' })), { a: '1' });
  for (const how of ['emit', 'broadcast', 'broadcastLocal'] as const)
    for (const user of ['ada', 'bob']) await broker[how]('told', {}, new Options(user));
  t.deepEqual(heard, [{ user: 'ada' }, { user: 'ada' }, { user: 'ada' }]);
  t.is(tracing.stats().unfinished, 0);
});
