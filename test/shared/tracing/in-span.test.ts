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

test.serial('a promise is the one that the function returned, with all that it has', async (t) => {
  const spans = await traced(t, async () => {
    const child = Object.assign(Promise.resolve('done'), { pid: 42 });
    const result = inSpan('process', {}, () => child);
    t.is(result, child);
    t.is(await result, 'done');
  });
  matchTree(spans, 'test process');
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
