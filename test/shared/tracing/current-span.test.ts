import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import opentracing from 'opentracing';
import {
  currentSpan,
  handleWithSpan,
  isSuppressed,
  SUPPRESSED,
  withSpan,
} from '#shared/tracing/current-span.ts';

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

const failure = new Error('in vain');
const value = {};
// biome-ignore lint/suspicious/noThenProperty: query builders are thenables, and begin when they are waited for
const thenable = { then: (resolve: (value: unknown) => void) => resolve(value) };

/** Handlers of every kind, each of which looks at its beginning and, where it waits, after that. */
const handlers: Readonly<Record<string, (look: () => void) => unknown>> = {
  'returns a value': (look) => {
    look();
    return value;
  },
  throws: (look) => {
    look();
    throw failure;
  },
  resolves: async (look) => {
    look();
    await turn();
    look();
    return value;
  },
  rejects: async (look) => {
    look();
    await turn();
    look();
    throw failure;
  },
  'returns a thenable': (look) => {
    look();
    return thenable;
  },
};

/** What comes of it, in time. */
async function endOf(run: () => unknown): Promise<{ value: unknown } | { error: unknown }> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error };
  }
}

// By name: AVA takes one empty span for another.
const names = new Map([
  [outer, 'outer'],
  [inner, 'inner'],
]);
const here = () => {
  const span = currentSpan();
  return isSuppressed() ? 'untraced' : span ? names.get(span) : 'nothing';
};

for (const [kind, handler] of Object.entries(handlers))
  for (const [place, before, nameBefore] of [
    ['where nothing is active', undefined, 'nothing'],
    ['within another span', outer, 'outer'],
    ['in what is not traced', SUPPRESSED, 'untraced'],
  ] as const)
    test(`${place}, a handler that ${kind} has its span to its end, and nobody else has it`, async (t) => {
      let looks = 0;
      const untraced = await endOf(() => handler(() => looks++));
      const seen: unknown[] = [];
      const look = () => seen.push(here());
      await withSpan(
        before,
        async () => {
          const handled = endOf(() => handleWithSpan(inner, handler, look));
          t.is(here(), nameBefore);
          t.deepEqual(await handled, untraced);
          t.is(here(), nameBefore);
        },
        undefined,
      );
      t.deepEqual(seen, Array(looks).fill('inner'));
    });

test('what a handler returns, or throws at once, is handed on as it is', async (t) => {
  const promise = Promise.resolve(value);
  for (const given of [value, promise, thenable, undefined])
    t.is(
      handleWithSpan(inner, () => given, undefined),
      given,
    );
  const thrown = t.throws(() => handleWithSpan(inner, handlers['throws'] as () => never, () => {}));
  t.is(thrown, failure);
});

test('what a handler of a message enters in storages of the application stays with it', async (t) => {
  const own = new AsyncLocalStorage<string>();
  const handler = async (tenant: string) => {
    own.enterWith(tenant);
    await turn();
    return own.getStore();
  };
  const handled = ['tenant 1', 'tenant 2'].map((tenant) => handleWithSpan(inner, handler, tenant));
  t.is(own.getStore(), undefined);
  t.deepEqual(await Promise.all(handled), ['tenant 1', 'tenant 2']);
});
