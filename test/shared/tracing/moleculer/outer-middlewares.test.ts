/** Middlewares of the application that lie outside of the tracing, or between it and the broker. */
import test, { type ExecutionContext } from 'ava';
import { type Context, type Errors, type Middleware, ServiceBroker } from 'moleculer';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { inSpan, traceFields } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

type Call = (action: string, params?: unknown, options?: Record<string, unknown>) => Promise<unknown>;

const callMiddleware = (around: (next: Call) => Call): Middleware => ({ name: 'Own', call: around }) as never;

/** Answers `b.there` itself. */
const mock = callMiddleware(
  (next) =>
    (action, ...rest) =>
      action === 'b.there' ? Promise.resolve('mocked') : next(action, ...rest),
);
/** Lets time pass before each call. */
const slow = callMiddleware((next) => async (...call) => {
  await new Promise(setImmediate);
  return next(...call);
});
/** Hands on what it knows of. */
const picky = callMiddleware(
  (next) =>
    (action, params, { meta, timeout, parentCtx } = {}) =>
      next(action, params, { meta, timeout, parentCtx }),
);

async function startBroker(t: ExecutionContext, middlewares: (ours: Middleware) => Middleware[]) {
  const tracing = createMemoryTracing({ service: 'node' });
  const broker = new ServiceBroker({
    logger: false,
    middlewares: middlewares(tracing.moleculer()),
    maxCallLevel: 3,
  });
  broker.createService({
    name: 'a',
    actions: {
      one: (ctx: Context) => ctx.call('b.there'),
      all: (ctx: Context) => ctx.mcall(['b.there', 'b.there'].map((action) => ({ action, params: {} }))),
      deep: (ctx: Context) => ctx.call('a.deep'),
    },
  });
  broker.createService({ name: 'b', actions: { there: () => 'there' } });
  await broker.start();
  t.teardown(() => broker.stop());
  return { broker, tracing };
}

const one = `
  node a.one (client)
    a a.one (server)
      a b.there (client)
        b b.there (server)`;

test('a call that a middleware answers itself is no call', async (t) => {
  const { broker, tracing } = await startBroker(t, (ours) => [ours, mock]);
  t.is(await broker.call('a.one'), 'mocked');
  t.deepEqual(await broker.call('a.all'), ['mocked', 'mocked']);
  t.is(tracing.stats().unfinished, 0);
  matchTree(
    tracing.spans,
    `
    node a.one (client)
      a a.one (server)
    node a.all (client)
      a a.all (server)`,
  );
});

test('a call that a middleware lets wait has one span', async (t) => {
  const { broker, tracing } = await startBroker(t, (ours) => [ours, slow]);
  t.is(await broker.call('a.one'), 'there');
  t.is(tracing.stats().unfinished, 0);
  matchTree(tracing.spans, one);
});

test('a call that is refused beyond the call level has a span, behind a middleware too', async (t) => {
  for (const own of [mock, slow]) {
    const { broker, tracing } = await startBroker(t, (ours) => [ours, own]);
    const error = await t.throwsAsync<Errors.MoleculerError>(broker.call('a.deep'));
    t.is(error?.type, 'MAX_CALL_LEVEL');
    t.is(tracing.stats().unfinished, 0);
    matchTree(
      tracing.spans,
      `
      node a.deep (client) ERROR
        a a.deep (server) ERROR
          a a.deep (client) ERROR
            a a.deep (server) ERROR
              a a.deep (client) ERROR
                a a.deep (server) ERROR
                  a a.deep (client) ERROR`,
    );
  }
});

test('a middleware that makes new options leaves a call within a request in its trace', async (t) => {
  const { broker, tracing } = await startBroker(t, (ours) => [picky, ours]);
  t.is(await broker.call('a.one'), 'there');
  t.is(tracing.stats().unfinished, 0);
  matchTree(
    tracing.spans.filter(({ operation }) => operation === 'b.there' || operation === 'a.one'),
    `
    a a.one (server)
      a b.there (client)
      b b.there (server)
    node a.one (client)`,
  );
});

test('so it does where the call goes to another node, sampled or not', async (t) => {
  for (const isSampled of [true, false]) {
    const sampler = { type: 'const', param: isSampled ? 1 : 0 } as const;
    const tracing = createMemoryTracing({ service: 'node', sampler });
    const tmp = temporaryFolder(t);
    const createNode = (nodeID: string) =>
      new ServiceBroker({
        nodeID,
        logger: false,
        transporter: new LoopbackTcp({ namespace: 'picky', root: tmp, tmp }),
        middlewares: [picky, tracing.moleculer()],
      });
    const [near, far] = [createNode('near'), createNode('far')];
    near.createService({ name: 'a', actions: { one: (ctx: Context) => ctx.call('b.there') } });
    far.createService({ name: 'b', actions: { there: () => traceFields().traceId } });
    for (const node of [near, far]) {
      await node.start();
      t.teardown(() => node.stop());
    }
    await near.waitForServices('b');
    await inSpan('request', {}, async (request) => {
      t.is(await near.call('a.one'), request.context().toTraceId());
    });
    t.is(tracing.stats().unfinished, 0);
    t.is(new Set(tracing.spans.map(({ traceId }) => traceId)).size, isSampled ? 1 : 0);
  }
});

test('a context tells of its class as without tracing', async (t) => {
  const names: string[] = [];
  const { broker } = await startBroker(t, (ours) => [ours]);
  broker.createService({ name: 'c', actions: { name: (ctx: Context) => names.push(ctx.constructor.name) } });
  await broker.waitForServices('c');
  await broker.call('c.name');
  t.deepEqual(names, ['Context']);
});
