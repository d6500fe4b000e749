/** Calls and events of nodes without tracing, on a node whose broker was started in the midst of something. */
import { AsyncLocalStorage } from 'node:async_hooks';
import test from 'ava';
import { type Context, ServiceBroker, Transporters } from 'moleculer';
import { SUPPRESSED, withSpan } from '#shared/tracing/current-span.ts';
import { inSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree } from '#shared/tracing/testing.ts';
import { until } from '../../../helpers/until.ts';

/** Moleculer's own within the process, but that messages come to where it was opened, as they do through a client's socket. */
class Connection extends Transporters.Fake {
  #opened: <Result>(run: () => Result) => Result = (run) => run();

  override connect() {
    this.#opened = AsyncLocalStorage.snapshot();
    return super.connect();
  }

  override receive(command: string, message: Buffer) {
    return this.#opened(() => super.receive(command, message));
  }
}

type Start = () => Promise<void>;

const starts: Readonly<Record<string, { start: (start: Start) => Promise<void>; picture: string }>> = {
  'a span': { start: (start) => inSpan('boot', {}, start), picture: 'node boot\n' },
  'work that is not traced': { start: (start) => withSpan(SUPPRESSED, start, undefined), picture: '' },
  'no span': { start: (start) => start(), picture: '' },
};

for (const [where, { start, picture }] of Object.entries(starts))
  test.serial(`they begin traces of their own where the broker was started in ${where}`, async (t) => {
    const tracing = createMemoryTracing({ service: 'node' });
    const createNode = (nodeID: string, middlewares: ReturnType<typeof tracing.moleculer>[] = []) =>
      new ServiceBroker({
        nodeID,
        logger: false,
        transporter: new Connection() as never,
        namespace: where,
        middlewares,
        requestTimeout: 10_000,
      });
    const [stranger, node] = [createNode('stranger'), createNode('node', [tracing.moleculer()])];
    node.createService({
      name: 's',
      actions: {
        x: (ctx: Context) => ctx.call('s.y'),
        y: () => 1,
        hands(ctx: Context) {
          return this.actions['y']?.({}, { ctx } as object);
        },
        quiet: { tracing: false, handler: (ctx: Context) => ctx.call('s.y') } as never,
      },
      events: { told: (ctx: Context) => ctx.call('s.y') as never },
    });
    await stranger.start();
    t.teardown(() => stranger.stop());
    await start(() => node.start());
    t.teardown(() => node.stop());
    await stranger.waitForServices('s', 10_000, 5);

    for (const action of ['s.x', 's.hands', 's.quiet']) t.is(await stranger.call(action), 1);
    await stranger.emit('told');
    const traced = picture === '' ? 10 : 11;
    await until(() => tracing.spans.length >= traced && tracing.stats().unfinished === 0);
    matchTree(
      tracing.spans,
      `${picture}
s s.x (server)
  s s.y (client)
    s s.y (server)
s s.hands (server)
  s s.y (server)
node s.y (client)
  s s.y (server)
s told (consumer)
  s s.y (client)
    s s.y (server)`,
    );
  });
