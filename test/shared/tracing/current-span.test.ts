import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import opentracing from 'opentracing';
import { currentSpan, isSuppressed, SUPPRESSED, withSpan } from '#shared/tracing/current-span.ts';

const outer = new opentracing.Span();
const inner = new opentracing.Span();

test('a span is active inside, and what was active before is so again behind', (t) => {
  const seen = withSpan(
    outer,
    (name) => {
      const before = currentSpan();
      const inside = withSpan(inner, currentSpan, undefined);
      return { name, before, inside, after: currentSpan() };
    },
    'argument',
  );
  t.deepEqual(seen.name, 'argument');
  t.is(seen.before, outer);
  t.is(seen.inside, inner);
  t.is(seen.after, outer);
  t.is(currentSpan(), undefined);
});

test('what was active before is so again when the function throws', (t) => {
  const failing = (): never => {
    throw new Error('in vain');
  };
  withSpan(
    outer,
    () => {
      t.throws(() => withSpan(inner, failing, undefined), { message: 'in vain' });
      t.is(currentSpan(), outer);
    },
    undefined,
  );
});

test('a span stays active in all that the function begins, and in nothing else', async (t) => {
  const begun = withSpan(
    outer,
    async () => {
      await turn();
      const later = currentSpan();
      const suppressed = await withSpan(SUPPRESSED, async () => [currentSpan(), isSuppressed()], undefined);
      return { later, suppressed, after: currentSpan() };
    },
    undefined,
  );
  t.is(currentSpan(), undefined);
  const { later, suppressed, after } = await begun;
  t.is(later, outer);
  t.deepEqual(suppressed, [undefined, true]);
  t.is(after, outer);
  t.is(currentSpan(), undefined);
});

test("the application's own storages are as they were, inside and behind", async (t) => {
  const own = new AsyncLocalStorage<string>();
  await own.run('tenant 1', async () => {
    const inside = await withSpan(
      outer,
      async () => own.run('tenant 2', async () => own.getStore()),
      undefined,
    );
    t.is(inside, 'tenant 2');
    t.is(
      withSpan(outer, () => own.getStore(), undefined),
      'tenant 1',
    );
    t.is(own.getStore(), 'tenant 1');
    await turn();
    t.is(own.getStore(), 'tenant 1');
  });
  // What the function enters outlasts it, as it does without a span.
  withSpan(outer, () => own.enterWith('tenant 3'), undefined);
  t.is(own.getStore(), 'tenant 3');
});
