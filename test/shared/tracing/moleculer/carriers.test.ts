/** What peers send as the context of a trace, and what of it anybody ever sees. */
import test from 'ava';
import { type BrokerOptions, type Context, ServiceBroker } from 'moleculer';
import { currentSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing, type MemoryTracing, spanTree } from '#shared/tracing/testing.ts';

type Seen = Context<unknown, Record<string, unknown>>;

/** A node without tracing that calls one with it; over Moleculer's transporter within the process. */
async function startPair() {
  const tracing = createMemoryTracing({ service: 'callee' });
  const options: BrokerOptions = { logger: false, transporter: 'Fake', requestTimeout: 2000 };
  const callee = new ServiceBroker({ ...options, nodeID: 'callee', middlewares: [tracing.moleculer()] });
  const stranger = new ServiceBroker({ ...options, nodeID: 'stranger' });
  const heard: object[] = [];
  callee.createService({
    name: 'house',
    actions: {
      enter: ({ meta }: Seen) => ({ meta, inTrace: currentSpan()?.context().toTraceId() }),
      ask: (ctx: Seen) => ctx.call('street.echo', {}, { meta: { asked: true } }),
    },
    events: { knock: ({ meta }: Seen) => void heard.push(meta) },
  });
  stranger.createService({
    name: 'street',
    actions: { echo: ({ meta }: Seen) => Object.keys(meta).sort(), shows: ({ meta }: Seen) => ({ meta }) },
    events: { passed: ({ meta }: Seen) => void heard.push(meta) },
  });
  await Promise.all([callee.start(), stranger.start()]);
  await Promise.all([stranger.waitForServices('house'), callee.waitForServices('street')]);
  return { tracing, callee, stranger, heard };
}

let pair: Awaited<ReturnType<typeof startPair>>;
test.before(async () => {
  pair = await startPair();
});
test.after.always(() => Promise.all([pair?.callee.stop(), pair?.stranger.stop()]));
test.beforeEach(() => {
  pair.tracing.spans.length = 0;
  pair.heard.length = 0;
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const garbage: Record<string, unknown> = {
  'a text': 'garbage',
  'almost one': '12zz:34yy:0:1',
  zeros: '0:0:0:1',
  'a number': 12,
  nothing: null,
  'a list': [TRACE, 'x'],
  'an empty map': {},
  'a map of the wrong types': { 'uber-trace-id': 12, other: { deep: true } },
  'a map without end': Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`key-${n}`, 'x'])),
  'a text without end': 'x'.repeat(1_000_000),
  true: true,
};

for (const [title, carrier] of Object.entries(garbage))
  test.serial(`${title} for a context begins a new trace, and no handler sees it`, async (t) => {
    const { tracing, stranger, heard } = pair;
    const meta = { user: 'ada', $trace: carrier };
    const seen = (await stranger.call('house.enter', {}, { meta })) as { meta: object; inTrace: string };
    t.deepEqual(seen.meta, { user: 'ada' });
    await stranger.emit('knock', {}, { meta } as object);
    await stranger.ping('callee');
    t.deepEqual(heard, [{ user: 'ada' }]);
    t.deepEqual(roots(tracing), ['house knock', 'house house.enter'].toSorted());
    t.not(seen.inTrace, TRACE);
  });

test.serial('the context of a peer is continued, in each of its forms', async (t) => {
  const { stranger } = pair;
  const context = `${TRACE}:b7ad6b7169203331:0:1`;
  for (const $trace of [context, { 'uber-trace-id': context, 'uberctx-tenant': 'acme' }]) {
    const seen = (await stranger.call('house.enter', {}, { meta: { $trace } })) as { inTrace: string };
    t.is(seen.inTrace, TRACE);
  }
});

test.serial('a callee without tracing sends the context back, and nobody sees it', async (t) => {
  const { tracing, callee } = pair;
  const meta: Record<string, unknown> = {};
  await callee.call('house.ask', {}, { meta });
  t.deepEqual(meta, { asked: true });
  t.is(
    spanTree(tracing.spans),
    ['callee house.ask (client)', '  house house.ask (server)', '    house street.echo (client)'].join('\n'),
  );
});

const unnamed: Record<string, { meta: unknown; sent: unknown }> = {
  'a list': { meta: [1, 2], sent: [1, 2] },
  'a number': { meta: 5, sent: 5 },
  'what sends a list': { meta: { toJSON: () => [1] }, sent: [1] },
  'what sends a text': { meta: { toJSON: () => 'text' }, sent: 'text' },
};

for (const [title, { meta, sent }] of Object.entries(unnamed))
  test.serial(`${title} for a meta is sent as it is`, async (t) => {
    const { tracing, callee, heard } = pair;
    t.deepEqual(await callee.call('street.shows', {}, { meta } as object), { meta: sent });
    await callee.emit('passed', {}, { meta } as object);
    await callee.ping('stranger');
    t.deepEqual(heard, [sent as object]);
    t.is(tracing.stats().unfinished, 0);
  });

test.serial('a meta that nobody can read is refused as without tracing', async (t) => {
  const meta = Object.defineProperty({}, 'user', {
    enumerable: true,
    get() {
      throw new Error('nobody knows');
    },
  });
  const { callee, stranger } = pair;
  const refusals = [callee, stranger].map((broker) => {
    const action = broker === callee ? 'street.shows' : 'house.enter';
    return broker.call(action, {}, { meta, timeout: 200 }).catch(({ message }: Error) => message);
  });
  const [traced, untraced] = await Promise.all(refusals);
  t.is(String(traced).replace('street.shows', 'house.enter').replace('stranger', 'callee'), String(untraced));
});

function roots({ spans }: MemoryTracing): string[] {
  return spans
    .filter(({ parentId }) => parentId === undefined)
    .map(({ service, operation }) => `${service} ${operation}`)
    .sort();
}
