/** Streams beyond those of one call: shared by many, read by nobody, handed on. */
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { type Context, ServiceBroker, type ServiceSchema } from 'moleculer';
import { currentSpan, inSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';
import { collectGarbage } from '../../../helpers/garbage.ts';
import { until } from '../../../helpers/until.ts';

async function startBroker(t: ExecutionContext, service: ServiceSchema, isSampled = true) {
  const sampler = { type: 'const', param: isSampled ? 1 : 0 } as const;
  const tracing = createMemoryTracing({ service: 'node', sampler });
  const broker = new ServiceBroker({ logger: false, cacher: 'Memory', middlewares: [tracing.moleculer()] });
  broker.createService(service);
  await broker.start();
  t.teardown(() => broker.stop());
  return { broker, tracing };
}

for (const isSampled of [true, false])
  test(`one stream may answer any number of calls, ${isSampled ? 'sampled' : 'not sampled'}`, async (t) => {
    const feed = new PassThrough({ objectMode: true });
    const service = { name: 'news', actions: { feed: () => feed } };
    const { broker, tracing } = await startBroker(t, service, isSampled);
    const calls = 5000;
    for (let at = 0; at < calls; at++) t.is(await broker.call('news.feed'), feed);
    t.true(tracing.stats().unfinished <= 100, 'what begins later does not wait');
    const heard = once(feed, 'data');
    feed.write('news');
    t.deepEqual(await heard, ['news']);
    feed.end();
    await until(() => tracing.stats().unfinished === 0);
    t.is(tracing.spans.length, isSampled ? calls * 2 : 0);
  });

for (const isSampled of [true, false])
  test(`streams that nobody reads are no leak, ${isSampled ? 'sampled' : 'not sampled'}`, async (t) => {
    const streams: WeakRef<Readable>[] = [];
    const well = (): Readable => {
      const stream = new Readable({ read() {} });
      streams.push(new WeakRef(stream));
      return stream;
    };
    const { broker, tracing } = await startBroker(
      t,
      { name: 'well', actions: { flow: well, dry: () => 'dry' } },
      isSampled,
    );
    for (let at = 0; at < 100; at++) await broker.call('well.flow');
    await broker.call('well.dry'); // Moleculer keeps the last answer where middlewares wrap its calls
    await until(() => {
      collectGarbage();
      return streams.every((stream) => stream.deref() === undefined) && tracing.stats().unfinished === 0;
    });
    const flows = tracing.spans.filter(({ operation }) => operation === 'well.flow');
    t.is(flows.length, isSampled ? 200 : 0);
    for (const { logs } of flows)
      t.like(logs[0]?.fields, {
        event: 'unfinished',
        message: 'nobody has read the stream to its end',
      });
  });

test('a call that is thrown out of waits for no stream that it was sent', async (t) => {
  const keygen = () => {
    throw new Error('no key');
  };
  const service = { name: 'shelf', actions: { book: { cache: { keygen }, handler: () => 'a book' } } };
  const { broker, tracing } = await startBroker(t, service);
  const stream = new PassThrough();
  await t.throwsAsync(async () => broker.call('shelf.book', {}, { stream } as object), { message: 'no key' });
  t.is(tracing.stats().unfinished, 0);
  matchTree(
    tracing.spans,
    `
    node shelf.book (client) ERROR
      shelf shelf.book (server) ERROR`,
  );
  t.true(stream.readable);
});

test('the listeners of a stream that was handed on have the span of who reads it', async (t) => {
  const service = {
    name: 'well',
    actions: {
      flow: () => Readable.from(['a']),
      pipe: (ctx: Context) => ctx.call('well.flow'),
    },
  };
  const { broker, tracing } = await startBroker(t, service);
  await inSpan('reader', {}, async (reader) => {
    const stream = (await broker.call('well.pipe')) as Readable;
    const seen = new Promise((resolve) => stream.once('data', () => resolve(currentSpan())));
    t.is(await seen, reader);
  });
  await until(() => tracing.stats().unfinished === 0);
  matchTree(
    tracing.spans,
    `
    node reader
      node well.pipe (client)
        well well.pipe (server)
          well well.flow (client)
            well well.flow (server)`,
  );
});
