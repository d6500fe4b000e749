/** Work that changes hands, as docs/existing-system.md has it. */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { inSpan } from '#shared/tracing/index.ts';
import { createMemoryTracing, spanTree } from '#shared/tracing/testing.ts';

/** Runs one task at a time, each where the one before it has ended. */
function createQueue() {
  const waiting: (() => Promise<void>)[] = [];
  let running = false;
  const runNext = async (): Promise<void> => {
    const task = waiting.shift();
    running = task !== undefined;
    await task?.();
    if (running) await runNext();
  };
  return (work: () => unknown): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(async () => {
        await work();
        resolve();
      });
      if (!running) void runNext();
    });
}

test('a task that is bound stays in the trace of who has put it into the queue', async (t) => {
  const { spans } = createMemoryTracing();
  const queue = createQueue();
  const render = (name: string) => () => inSpan(`render ${name}`, {}, () => turn());
  await Promise.all(
    ['a', 'b'].map((name) => inSpan(`request ${name}`, {}, () => queue(AsyncResource.bind(render(name))))),
  );
  t.is(
    spanTree(spans),
    `test request a
  test render a
test request b
  test render b`,
  );
});

test('what is begun in a snapshot of the start is in no request', async (t) => {
  const { spans } = createMemoryTracing();
  const outside = AsyncLocalStorage.snapshot();
  await inSpan('request', {}, () =>
    outside(async () => {
      await turn();
      inSpan('refresh', {}, () => {});
    }),
  );
  t.deepEqual(
    spans.map(({ operation, parentId }) => [operation, parentId]),
    [
      ['refresh', undefined],
      ['request', undefined],
    ],
  );
});
