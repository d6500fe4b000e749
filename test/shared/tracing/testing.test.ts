import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import opentracing from 'opentracing';
import { inSpan } from '#shared/tracing/index.ts';
import {
  createMemoryTracing,
  matchTree,
  noErrors,
  noOrphans,
  type RecordedSpan,
  spanTree,
  traced,
} from '#shared/tracing/testing.ts';

let nextId = 1;

function span(operation: string, given: Partial<RecordedSpan> = {}): RecordedSpan {
  const spanId = (nextId++).toString(16).padStart(16, '0');
  const traceId = '1'.padStart(32, '0');
  return {
    ...{ service: 'users', operation, traceId, spanId, parentId: undefined, references: [] },
    ...{ startUs: 1000, durationUs: 10, tags: {}, logs: [] },
    ...given,
  };
}

test('a picture shows service, name, kind and error, children below their parent', (t) => {
  const root = span('GET /', { tags: { 'span.kind': 'server', 'http.status_code': 500, error: true } });
  const child = span('work', { parentId: root.spanId, startUs: 1001 });
  const follower = span('later', {
    parentId: child.spanId,
    references: [{ type: 'follows_from', traceId: child.traceId, spanId: child.spanId }],
  });
  t.is(
    spanTree([follower, child, root], { tags: ['http.status_code', 'missing'], words: () => ['!'] }),
    'users GET / (server) ERROR http.status_code=500 !\n  users work !\n    ~ users later !',
  );
});

test('siblings stand in the order of their start; of those that ran at once the order is always the same', (t) => {
  const at = (operation: string, startUs: number, durationUs: number) =>
    span(operation, { startUs, durationUs });
  const pictures = [
    [0, 1],
    [1, 0],
  ].map(([b = 0, c = 0]) =>
    spanTree([at('z', 0, 5), at('c', 10 + c, 20), at('b', 10 + b, 20), at('a', 29, 20), at('y', 60, 5)]),
  );
  t.is(pictures[0], 'users z\nusers a\nusers b\nusers c\nusers y');
  t.is(pictures[1], pictures[0]);
  const strict = [at('c', 10, 20), at('b', 11, 20)];
  t.is(spanTree(strict, { siblings: 'start' }), 'users c\nusers b');
  t.is(spanTree([at('z', 0, 5), at('a', 10, 5)], { siblings: 'name' }), 'users a\nusers z');
});

test('siblings of one name that ran at once stand in the order of what is below them', (t) => {
  const draw = (first: string, second: string): string => {
    const roots = [span('same'), span('same')];
    return spanTree([
      ...roots,
      span(first, { parentId: roots[0]?.spanId }),
      span(second, { parentId: roots[1]?.spanId }),
    ]);
  };
  t.is(draw('b', 'a'), draw('a', 'b'));
});

test('matchTree takes any indentation, and a star for any text in a line', (t) => {
  const root = span('GET /users/7 (1+1)');
  const spans = [root, span('work', { parentId: root.spanId })];
  matchTree(
    spans,
    `
      users GET /users/* (1+1)
        users *
    `,
  );
  for (const wrong of ['users GET', 'users GET *', '*\n*\n*', 'users GET /users/7 (1+1)\nusers work'])
    t.throws(() => matchTree(spans, wrong), { name: 'AssertionError' });
});

test('a span without its parent is an orphan, also one that refers to nothing', (t) => {
  const root = span('root');
  noOrphans([root, span('child', { parentId: root.spanId })]);
  t.throws(() => noOrphans([span('child', { parentId: root.spanId })]), {
    message: /users child .* child of/,
  });
  const lost = { type: 'follows_from' as const, traceId: root.traceId, spanId: 'f'.repeat(16) };
  t.throws(() => noOrphans([span('follower', { references: [lost] })]), { message: /users follower/ });
});

test('noErrors names the spans that failed', (t) => {
  noErrors([span('fine', { tags: { error: false } })]);
  t.throws(() => noErrors([span('broken', { tags: { error: true } })]), { message: /users broken/ });
});

test('traced waits for spans that finish a little later, and fails for those that never do', async (t) => {
  const spans = await traced(t, (tracing) => {
    const late = tracing.tracerFor('users').startSpan('late');
    setTimeout(() => late.finish(), 30);
  });
  t.deepEqual(
    spans.map(({ operation }) => operation),
    ['late'],
  );
  await t.throwsAsync(
    traced(t, (tracing) => void tracing.tracerFor('users').startSpan('never finished')),
    {
      message: /left open/,
    },
  );
});

test('what memory keeps is what would be sent', (t) => {
  const tracing = createMemoryTracing({ service: 'users' });
  t.teardown(() => tracing.close());
  const tracer = tracing.tracerFor('users');
  const parent = tracer.startSpan('parent', { startTime: 1_700_000_000_000.5 });
  tracer
    .startSpan('child', {
      references: [opentracing.followsFrom(parent)],
      tags: Object.freeze({ shared: 1, changed: 1 }),
    })
    .setTag('changed', 2)
    .setTag('object', { a: 1 })
    .log({ event: 'x', object: [1] }, 1_700_000_000_000.75)
    .finish();
  parent.finish(1_700_000_000_000.5);
  const [child, root] = tracing.spans;
  t.like(child, {
    operation: 'child',
    traceId: root?.traceId,
    parentId: root?.spanId,
    references: [{ type: 'follows_from', traceId: root?.traceId, spanId: root?.spanId }],
    tags: { shared: 1, changed: 2, object: '{"a":1}' },
    logs: [{ timeUs: 1_700_000_000_000_750, fields: { event: 'x', object: '[1]' } }],
  });
  t.like(root, { startUs: 1_700_000_000_000_500, durationUs: 1 });
  t.like(tracing.stats(), { started: 2, finished: 2, unfinished: 0, sent: 2 });
});

for (const name of ['one', 'another'])
  test(`traces that tests begin at the same time are each in its own: ${name}`, async (t) => {
    const spans = await traced(t, async () => {
      await turn();
      await inSpan(name, {}, () => turn());
    });
    t.notThrows(() => matchTree(spans, `test ${name}`));
  });
