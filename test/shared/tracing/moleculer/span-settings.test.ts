/** Functions of an action or event that name its span and its tags, and fail at it. */
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { ServiceBroker } from 'moleculer';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

const unreadable = Object.defineProperty(new Error('original'), 'message', {
  get() {
    throw new Error('from the getter');
  },
});
const failures: Readonly<Record<string, { fail: () => unknown; message: string }>> = {
  rejects: { fail: () => Promise.reject(new Error('async, in vain')), message: 'async, in vain' },
  throws: {
    fail() {
      throw new Error('in vain');
    },
    message: 'in vain',
  },
  'throws what cannot be read': {
    fail() {
      throw unreadable;
    },
    message: 'nothing that could be read',
  },
};

for (const [how, { fail, message }] of Object.entries(failures))
  test.serial(`a function that ${how} is in nobody's way, and its failure is on the span`, async (t) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    t.teardown(() => process.off('unhandledRejection', note));
    const tracing = createMemoryTracing({ service: 'node' });
    const broker = new ServiceBroker({ logger: false, middlewares: [tracing.moleculer()] });
    const settings = { tracing: { spanName: fail, tags: fail }, handler: () => turn('answered') };
    broker.createService({
      name: 's',
      actions: { x: settings as never },
      events: { told: settings as never },
    });
    await broker.start();
    t.teardown(() => broker.stop());
    t.is(await broker.call('s.x'), 'answered');
    await broker.emit('told');
    await turn();
    t.deepEqual(unhandled, []);
    for (const kind of ['server', 'consumer']) {
      const span = tracing.spans.find(({ tags }) => tags['span.kind'] === kind);
      t.is(span?.operation, kind === 'server' ? 's.x' : 'told');
      t.deepEqual(span?.logs[0]?.fields, { event: 'tags function failed', message });
    }
  });
