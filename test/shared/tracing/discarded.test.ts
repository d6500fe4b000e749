/** Traces that are not sampled, and those whose priority somebody raises on the way. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import Router from '@koa/router';
import test, { type ExecutionContext } from 'ava';
import Koa from 'koa';
import { type Context, type Middleware, ServiceBroker } from 'moleculer';
import type { Span } from 'opentracing';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { currentSpan, inSpan, traceFields } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree, noOrphans } from '#shared/tracing/testing.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

const raise = (): void => {
  currentSpan()?.setTag('sampling.priority', 1);
};

/** Hears what one node tells another of the trace. */
function tapWire() {
  const carriers: unknown[] = [];
  const middleware = {
    name: 'Tap',
    transporterReceive:
      (next: (...all: unknown[]) => unknown) => (type: string, data: Buffer, socket: unknown) => {
        const { meta = {} } = JSON.parse(String(data));
        if ('$trace' in meta) carriers.push(meta.$trace);
        return next(type, data, socket);
      },
  } as unknown as Middleware;
  return { carriers, middleware };
}

/** A gateway, and its services beside it or on a node of their own; nothing is sampled. */
async function startMesh(t: ExecutionContext, { remote }: { remote: boolean }) {
  const tracing = createMemoryTracing({ service: 'gateway', sampler: { type: 'const', param: 0 } });
  const tmp = temporaryFolder(t);
  const wire = tapWire();
  const createNode = (nodeID: string) =>
    new ServiceBroker({
      nodeID,
      logger: false,
      ...(remote && { transporter: new LoopbackTcp({ namespace: 'discarded', root: tmp, tmp }) }),
      middlewares: [tracing.moleculer(), wire.middleware],
      requestTimeout: 10_000,
      skipProcessEventRegistration: true,
    });
  const gateway = createNode('gateway');
  const callee = remote ? createNode('callee') : gateway;
  const source = new PassThrough();
  const seen: { traceId?: string; tenant?: string | undefined }[] = [];
  const see = () => seen.push({ ...traceFields(), tenant: currentSpan()?.getBaggageItem('tenant') });
  callee.createService({
    name: 'shop',
    actions: {
      async calls(ctx: Context) {
        see();
        await ctx.emit('told');
        return ctx.call('shop.answers');
      },
      answers: see,
      async raises(ctx: Context) {
        await ctx.call('shop.answers');
        await turn();
        raise();
        await ctx.emit('told');
        return ctx.call('shop.answers');
      },
      async raisesAndFails() {
        await turn();
        raise();
        throw new Error('in vain');
      },
      raisesAtOnce: raise,
      flows: () => source,
    },
    events: {
      told: () => void see(),
      async 'told to raise'() {
        await turn();
        raise();
      },
    },
  });
  await Promise.all([...new Set([gateway, callee])].map((broker) => broker.start()));
  t.teardown(() => Promise.all([gateway.stop(), callee.stop()]));
  await gateway.waitForServices('shop', 10_000, 5);

  const router = new Router();
  router.get('/call/:action', async (ctx) => {
    currentSpan()?.setBaggageItem('tenant', 'north');
    ctx.set('x-span-id', traceFields().spanId ?? '');
    ctx.body = { answer: await gateway.call(`shop.${ctx.params['action']}`) };
  });
  router.get('/raise', (ctx) => {
    raise();
    ctx.body = 'raised';
  });
  const app = new Koa().use(tracing.koa()).use(router.routes() as Koa.Middleware);
  app.silent = true;
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const get = async (path: string) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const { status, headers } = await fetch(url, { headers: { connection: 'close' } });
    return {
      status,
      traceId: headers.get('x-trace-id') ?? '',
      spanId: headers.get('x-span-id') ?? '',
    };
  };
  return { tracing, gateway, get, seen, source, carriers: wire.carriers };
}

for (const remote of [false, true]) {
  const where = remote ? 'on another node' : 'on the same node';

  test.serial(`${where}: what is not sampled has no spans, and its ids and baggage everywhere`, async (t) => {
    const { tracing, get, seen, carriers } = await startMesh(t, { remote });
    const { status, traceId, spanId } = await get('/call/calls');
    t.is(status, 200);
    await until(() => seen.length === 3);
    t.deepEqual(
      seen.map((place) => [place.traceId, place.tenant]),
      Array(3).fill([traceId, 'north']),
    );
    t.deepEqual(tracing.spans, []);
    t.like(tracing.stats(), { started: 0, finished: 0, unfinished: 0 });
    const carried = { 'uber-trace-id': `${traceId}:${spanId}:0:0`, 'uberctx-tenant': 'north' };
    t.deepEqual(carriers, remote ? [carried] : []);
  });

  test.serial(
    `${where}: a handler that raises the priority is recorded, and so is what it causes from there on`,
    async (t) => {
      const { tracing, get } = await startMesh(t, { remote });
      const { traceId, spanId } = await get('/call/raises');
      const below = `
        shop told (producer)
          ~ shop told (consumer)
        shop shop.answers (client)
          shop shop.answers (server)`;
      await until(() => tracing.spans.length === (remote ? 5 : 6) && tracing.stats().unfinished === 0);
      t.true(tracing.spans.every((span) => span.traceId === traceId));
      if (remote) matchTree(tracing.spans, `\n      shop shop.raises (server)${below}`);
      else {
        noOrphans(tracing.spans);
        matchTree(
          tracing.spans,
          `
    gateway GET /call/:action (server)
      shop shop.raises (server)${below}`,
        );
      }
      const raised = tracing.spans.find(({ operation }) => operation === 'shop.raises');
      t.is(raised?.tags['sampling.priority'], 1);
      // On another node the request's span is named, though nobody has recorded it.
      t.is(raised?.parentId, spanId);
      // The first span of a process is described when it is raised; the others would have been before.
      if (remote) t.like(raised?.tags, { 'moleculer.remote': true, 'moleculer.level': 1 });
    },
  );

  test.serial(`${where}: a handler that raises the priority and fails shows its error`, async (t) => {
    const { tracing, get } = await startMesh(t, { remote });
    t.is((await get('/call/raisesAndFails')).status, 500);
    await until(() => tracing.spans.length === (remote ? 1 : 2));
    const span = tracing.spans.find(({ operation }) => operation === 'shop.raisesAndFails');
    t.is(span?.tags['error'], true);
    t.is(span?.logs[0]?.fields['message'], 'in vain');
    t.is(tracing.stats().unfinished, 0);
  });

  test.serial(
    `${where}: a handler that raises the priority before it waits for anything is recorded`,
    async (t) => {
      const { tracing, get } = await startMesh(t, { remote });
      await get('/call/raisesAtOnce');
      await until(() => tracing.spans.some(({ operation }) => operation === 'shop.raisesAtOnce'));
      t.is(tracing.stats().unfinished, 0);
    },
  );

  test.serial(`${where}: a handler of an event that raises the priority is recorded`, async (t) => {
    const { tracing, gateway } = await startMesh(t, { remote });
    await inSpan('request', {}, () => gateway.emit('told to raise'));
    const told = () => tracing.spans.find(({ operation }) => operation === 'told to raise');
    await until(() => told()?.tags['span.kind'] === 'consumer');
    t.is(told()?.tags['moleculer.remote'], remote);
    t.is(tracing.stats().unfinished, 0);
  });

  test.serial(`${where}: the listeners of a stream that is not sampled have the caller’s span`, async (t) => {
    const { gateway, source } = await startMesh(t, { remote });
    const outside = AsyncLocalStorage.snapshot();
    await inSpan('request', {}, async (caller) => {
      const heard = spanAtData((await gateway.call('shop.flows')) as Readable);
      outside(() => source.end('drop'));
      t.is(await heard, caller);
    });
  });

  test.serial(
    `${where}: so have those of a stream that a handler calls for from outside of its request`,
    async (t) => {
      const { gateway, source } = await startMesh(t, { remote });
      const outside = AsyncLocalStorage.snapshot();
      const heardBy = async (ctx: Context): Promise<Span | undefined> => {
        const heard = spanAtData((await ctx.call('shop.flows')) as Readable);
        source.end('drop');
        return heard;
      };
      const calls = async (ctx: Context) => {
        const caller = currentSpan();
        t.truthy(caller);
        t.is(await outside(heardBy, ctx), caller);
      };
      gateway.createService({ name: 'pool', actions: { calls } });
      await gateway.waitForServices('pool', 10_000, 5);
      await inSpan('request', {}, () => gateway.call('pool.calls'));
    },
  );
}

/** The active span as the stream's first part is heard. */
function spanAtData(stream: Readable): Promise<Span | undefined> {
  return new Promise((resolve) => stream.on('data', () => resolve(currentSpan())));
}

test.serial('a request whose priority is raised is recorded, with what the client saw', async (t) => {
  const { tracing, get } = await startMesh(t, { remote: false });
  await get('/raise');
  await until(() => tracing.spans.length === 1);
  t.like(tracing.spans[0], { operation: 'GET /raise' });
  t.like(tracing.spans[0]?.tags, { 'http.status_code': 200, 'http.route': '/raise' });
});
