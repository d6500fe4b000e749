/** The trace in the user's own code, on every node: the active span, baggage, the fields of log lines. */

import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { type Context, type Middleware, ServiceBroker } from 'moleculer';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { currentSpan, inSpan, traceFields } from '#shared/tracing/index.ts';
import { createMemoryTracing, spanTree } from '#shared/tracing/testing.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

type Asked = Context<{ n: number }>;

const here = () => ({ ...traceFields(), tenant: currentSpan()?.getBaggageItem('tenant') });

/** A user's middlewares: one that awaits before it goes on, one that goes on at once. */
const slowMiddleware = {
  name: 'Slow',
  remoteAction: (next: (ctx: Context) => Promise<unknown>) => async (ctx: Context) => {
    await delay(1);
    return next(ctx);
  },
  localAction: (next: (ctx: Context) => Promise<unknown>) => async (ctx: Context) => {
    await delay(1);
    return next(ctx);
  },
} as unknown as Middleware;
const quickMiddleware = {
  name: 'Quick',
  call: (next: (...all: unknown[]) => unknown) => (action: string, params: unknown, options: object) =>
    next(action, params, { ...options }),
} as unknown as Middleware;

test('the active span, its baggage and its ids are right in every piece of code, on both nodes', async (t) => {
  const tracing = createMemoryTracing({ service: 'gateway' });
  const tmp = temporaryFolder(t);
  const middlewares = [slowMiddleware, quickMiddleware, tracing.moleculer(), slowMiddleware, quickMiddleware];
  const createNode = (nodeID: string) =>
    new ServiceBroker({
      nodeID,
      logger: false,
      transporter: new LoopbackTcp({ namespace: 'user-code', root: tmp, tmp }),
      middlewares: [...middlewares],
      requestTimeout: 10_000,
      skipProcessEventRegistration: true,
    });
  const gateway = createNode('gateway');
  const callee = createNode('callee');
  const heard: object[] = [];
  callee.createService({
    name: 'code',
    actions: {
      async places(ctx: Asked) {
        const at = here();
        await delay(ctx.params.n % 3);
        const afterTimer = here();
        const later = await new Promise((resolve) => setImmediate(() => resolve(here())));
        const inside = inSpan('inside', {}, () => currentSpan()?.getBaggageItem('tenant'));
        const next = await ctx.call('code.next');
        await ctx.emit('told', ctx.params);
        return { places: [at, afterTimer, later], inside, next };
      },
      next: here,
      flow: () => Readable.from([JSON.stringify(here())], { objectMode: false }),
    },
    events: { told: () => void heard.push(here()) },
  });
  await Promise.all([gateway.start(), callee.start()]);
  t.teardown(() => Promise.all([gateway.stop(), callee.stop()]));
  await gateway.waitForServices('code', 10_000, 5);

  const requests = Array.from({ length: 50 }, (_, n) =>
    inSpan('request', {}, async (span) => {
      span.setBaggageItem('tenant', `tenant-${n}`);
      const { traceId } = traceFields();
      const found = (await gateway.call('code.places', { n })) as {
        places: { traceId: string; spanId: string; tenant: string }[];
        inside: string;
        next: { traceId: string; tenant: string };
      };
      t.is(currentSpan(), span);
      for (const place of found.places) {
        t.is(place.traceId, traceId);
        t.is(place.tenant, `tenant-${n}`);
      }
      t.is(new Set(found.places.map(({ spanId }) => spanId)).size, 1);
      t.is(found.inside, `tenant-${n}`);
      t.is(found.next.traceId, traceId);
      t.is(found.next.tenant, `tenant-${n}`);
      const stream = (await gateway.call('code.flow')) as Readable;
      const parts: string[] = [];
      for await (const part of stream) {
        parts.push(String(part));
        t.is(traceFields().traceId, traceId);
      }
      t.is(JSON.parse(parts.join('')).tenant, `tenant-${n}`);
    }),
  );
  await Promise.all(requests);
  t.deepEqual(
    heard.map((place) => (place as { tenant: string }).tenant).toSorted(),
    requests.map((_, n) => `tenant-${n}`).toSorted(),
  );
  t.is(currentSpan(), undefined);
  t.deepEqual(traceFields(), {});

  const traces = Map.groupBy(tracing.spans, ({ traceId }) => traceId);
  t.is(traces.size, 50);
  const pictures = new Set([...traces.values()].map((spans) => spanTree(spans)));
  t.deepEqual(
    [...pictures],
    [
      [
        'gateway request',
        '  gateway code.places (client)',
        '    code code.places (server)',
        '      code inside',
        '      code code.next (client)',
        '        code code.next (server)',
        '      code told (producer)',
        '        ~ code told (consumer)',
        '  gateway code.flow (client)',
        '    code code.flow (server)',
      ].join('\n'),
    ],
  );
});
