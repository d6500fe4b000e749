/** A node whose tracing is switched off, among others that trace: it has no spans, and nothing shows that it has none. */
import test, { type ExecutionContext } from 'ava';
import { type Context, ServiceBroker } from 'moleculer';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';
import { SUPPRESSED, withSpan } from '#shared/tracing/current-span.ts';
import { createTracing, type Tracing } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree, noOrphans } from '#shared/tracing/testing.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { until } from '../../../helpers/until.ts';

type Meta = Record<string, unknown>;
type Call = Context<unknown, Meta>;

/** A gateway and a node `light` that trace, between them one `dark` that does not, and `plain` without the library. */
async function startMesh(t: ExecutionContext) {
  const off = createTracing({ service: 'off', backend: 'none', env: {} });
  const tracing = createMemoryTracing({ service: 'gateway' });
  const tmp = temporaryFolder(t);
  const createNode = (nodeID: string, by?: Tracing) =>
    new ServiceBroker({
      nodeID,
      logger: false,
      transporter: new LoopbackTcp({ namespace: 'disabled', root: tmp, tmp }),
      requestTimeout: 10_000,
      skipProcessEventRegistration: true,
      middlewares: by ? [by.moleculer()] : [],
    });
  const [gateway, dark, light] = [
    createNode('gateway', tracing),
    createNode('dark', off),
    createNode('light', tracing),
  ];
  const plain = createNode('plain');
  const heard: Meta[] = [];
  const hears = ({ meta }: Call) => void heard.push(meta);
  dark.createService({
    name: 'dark',
    actions: {
      enter(ctx: Call) {
        const seen = { ...ctx.meta };
        ctx.meta['set'] = 'in the dark';
        return seen;
      },
      passes: (ctx: Call) => ctx.call('dark.on'),
      async on(ctx: Call) {
        const answer = await ctx.call('light.answers');
        await ctx.emit('passed');
        return answer;
      },
      async asks(ctx: Call) {
        const seen = await ctx.call('plain.enter');
        return { seen, meta: ctx.meta };
      },
    },
    events: { knock: hears },
  });
  dark.createService({ name: 'also', events: { knock: hears } });
  light.createService({ name: 'light', actions: { answers: () => 'yes' }, events: { passed: hears } });
  plain.createService({ name: 'plain', actions: { enter: ({ meta }: Call) => Object.keys(meta).sort() } });
  const nodes = [gateway, dark, light, plain];
  await Promise.all(nodes.map((node) => node.start()));
  t.teardown(() => Promise.all(nodes.map((node) => node.stop())));
  await Promise.all(nodes.map((node) => node.waitForServices(['dark', 'also', 'light', 'plain'], 10_000, 5)));
  return { gateway, tracing, off, heard };
}

test('its handlers see no context of a trace, and what they set in the meta comes back', async (t) => {
  const { gateway, tracing, off } = await startMesh(t);
  const meta: Meta = { user: 'ada' };
  t.deepEqual(await gateway.call('dark.enter', {}, { meta }), { user: 'ada' });
  t.deepEqual(meta, { user: 'ada', set: 'in the dark' });
  matchTree(tracing.spans, 'gateway dark.enter (client)');
  t.is(off.stats().started, 0);
});

test('nor do its handlers of an event, which share one meta as without tracing', async (t) => {
  const { gateway, heard } = await startMesh(t);
  await gateway.broadcast('knock', {}, { meta: { user: 'ada' } } as never);
  await until(() => heard.length === 2);
  t.deepEqual(heard[0], { user: 'ada' });
  t.is(heard[0], heard[1]);
});

test('behind it the trace goes on, through calls and events', async (t) => {
  const { gateway, tracing } = await startMesh(t);
  t.is(await gateway.call('dark.passes'), 'yes');
  await until(() => tracing.spans.length === 3);
  noOrphans(tracing.spans);
  matchTree(
    tracing.spans,
    `
    gateway dark.passes (client)
      light light.answers (server)
      ~ light passed (consumer)`,
  );
});

test('behind it no trace begins of what is not to be traced', async (t) => {
  const { gateway, tracing, heard } = await startMesh(t);
  t.is(await withSpan(SUPPRESSED, () => gateway.call('dark.passes'), undefined), 'yes');
  await until(() => heard.length === 1);
  t.deepEqual(tracing.spans, []);
});

test('a callee without the library sends the context back, and no handler sees it', async (t) => {
  const { gateway } = await startMesh(t);
  t.deepEqual(await gateway.call('dark.asks', {}, { meta: { user: 'ada' } }), {
    seen: ['$trace', 'user'],
    meta: { user: 'ada' },
  });
});
