import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { currentSpan, inSpan } from '#shared/tracing/index.ts';
import { matchTree, traced } from '#shared/tracing/testing.ts';

function fail(message: string): never {
  throw new Error(message);
}

test.serial(
  'the span is active inside, a child of the active one, and carries the error of what fails',
  async (t) => {
    const spans = await traced(t, async () => {
      const result = inSpan('outer', { tags: { a: 1 } }, (span) => {
        t.is(currentSpan(), span);
        return inSpan('inner', {}, () => 7);
      });
      t.is(result, 7);
      t.throws(() => inSpan('throws', {}, () => fail('sync')), { message: 'sync' });
      await t.throwsAsync(
        inSpan('rejects', {}, async () => fail('async')),
        { message: 'async' },
      );
      t.is(currentSpan(), undefined);
    });
    matchTree(spans, 'test outer a=1\n  test inner\ntest throws ERROR\ntest rejects ERROR', {
      tags: ['a'],
      siblings: 'start',
    });
  },
);

test.serial('the span lasts as long as the promise', async (t) => {
  const { promise, resolve } = Promise.withResolvers<number>();
  await traced(t, async (tracing) => {
    const result = inSpan('waiting', {}, () => promise);
    t.is(tracing.stats().unfinished, 1);
    resolve(7);
    t.is(await result, 7);
    t.is(tracing.stats().unfinished, 0);
  });
});

test.serial('a result that cannot be looked at is handed on, and the span is finished', async (t) => {
  const hostile = new Proxy(
    {},
    {
      has() {
        throw new Error('not for you');
      },
    },
  );
  const spans = await traced(t, () => {
    t.true(inSpan('hostile', {}, () => hostile) === hostile);
  });
  t.is(spans.length, 1);
});

class Cancelable<Value> extends Promise<Value> {
  cancel(): void {}
}

for (const [title, promise] of [
  ['properties', Object.assign(Promise.resolve('done'), { pid: 42 })],
  ['methods', Cancelable.resolve('done')],
] as const)
  test.serial(`a promise with ${title} of its own is the one that the function returned`, async (t) => {
    const spans = await traced(t, async () => {
      const result = inSpan('process', {}, () => promise);
      t.is(result, promise);
      t.is(await result, 'done');
    });
    matchTree(spans, 'test process');
  });

test.serial('a rejection that nobody handles is told to the process, once', async (t) => {
  const unhandled: unknown[] = [];
  const hear = (reason: unknown): void => void unhandled.push(reason);
  process.prependListener('unhandledRejection', hear);
  const others = process.listeners('unhandledRejection').filter((listener) => listener !== hear);
  for (const listener of others) process.off('unhandledRejection', listener);
  t.teardown(() => {
    process.off('unhandledRejection', hear);
    for (const listener of others) process.on('unhandledRejection', listener);
  });
  const spans = await traced(t, async () => {
    inSpan('forgotten', {}, async () => fail('in vain'));
    await inSpan('handled', {}, async () => fail('and seen')).catch(() => {});
    await nextTurn();
  });
  t.deepEqual(
    unhandled.map((reason) => (reason as Error).message),
    ['in vain'],
  );
  matchTree(spans, 'test forgotten ERROR\ntest handled ERROR');
});

/** As p-lazy has it: it begins when somebody wants to know. */
class Lazy extends Promise<string> {
  readonly #begin: () => Promise<string>;

  constructor(begin: () => Promise<string>) {
    super(() => {});
    this.#begin = begin;
  }

  // biome-ignore lint/suspicious/noThenProperty: that is how such promises are made
  override then<Kept = string, Caught = never>(
    onValue?: ((value: string) => Kept | PromiseLike<Kept>) | null,
    onError?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    return this.#begin().then(onValue, onError);
  }
}

test.serial('the span of a promise that begins when it is awaited lasts as long as its work', async (t) => {
  const spans = await traced(t, async () => {
    const lazy = inSpan('lazy', {}, () => new Lazy(async () => inSpan('work', {}, () => 'done')));
    t.is(await lazy, 'done');
  });
  t.deepEqual(
    spans.map(({ operation }) => operation),
    ['work', 'lazy'],
  );
});

test.serial('a thenable that runs when it is awaited runs once', async (t) => {
  let runs = 0;
  // biome-ignore lint/suspicious/noThenProperty: a query builder has one
  const query = { then: (done: (rows: string) => void) => done(`rows of run ${++runs}`) };
  const spans = await traced(t, async () => {
    t.is(await inSpan('query', {}, () => query as PromiseLike<string>), 'rows of run 1');
  });
  matchTree(spans, 'test query');
});
