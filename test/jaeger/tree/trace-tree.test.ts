import test from 'ava';
import { rowsOf } from '../../../jaeger/tree/rows.ts';
import { type TraceTree, treeOf } from '../../../jaeger/tree/trace-tree.ts';
import { loadRecordedCase } from '../recorded.ts';
import { batchOf, type SpanWords, START_US } from '../spans.ts';
import { startStandIn } from '../stand-in.ts';
import { treeOfBatches } from './traces.ts';

/** The tree as indented text. */
function picture(tree: TraceTree): string[] {
  return rowsOf(tree).map(({ span, depth }) => `${'  '.repeat(depth)}${span.service} ${span.operation}`);
}

const tree = (...spans: SpanWords[]) => treeOfBatches(batchOf(1n, 'shop', spans));

test('spans hang under their parents, siblings by start time, in whatever order they came', (t) => {
  const spans: SpanWords[] = [
    { id: 4, parent: 2, operation: 'second', startUs: 30, durationUs: 10 },
    { id: 3, parent: 2, operation: 'first', startUs: 20, durationUs: 10 },
    { id: 2, parent: 1, operation: 'child', startUs: 10, durationUs: 50 },
    { id: 1, operation: 'root', durationUs: 100 },
  ];
  t.deepEqual(picture(tree(...spans)), ['shop root', '  shop child', '    shop first', '    shop second']);
});

test('the facts of a trace: its time, services, spans and errors', (t) => {
  const facts = treeOfBatches(
    batchOf(0xabn, 'late', [{ id: 2, parent: 1, operation: 'b', startUs: 50, durationUs: 200 }]),
    batchOf(0xabn, 'early', [{ id: 1, operation: 'a', durationUs: 100, tags: { error: true } }]),
  );
  t.like(facts, {
    traceId: '00000000000000ab',
    startUs: START_US,
    durationUs: 250,
    spanCount: 2,
    errorCount: 1,
    services: ['early', 'late'],
    missingParents: [],
  });
});

test('how a span hangs under its parent is kept', (t) => {
  const [root] = tree(
    { id: 1, operation: 'publish' },
    { id: 2, followsFrom: 1, operation: 'consume' },
    { id: 3, parent: 1, operation: 'call' },
  ).roots;
  t.is(root?.reference, null);
  t.deepEqual(
    root?.children.map(({ operation, reference }) => [operation, reference]),
    [
      ['consume', 'FOLLOWS_FROM'],
      ['call', 'CHILD_OF'],
    ],
  );
});

test('an orphan is a root that names its missing parent; its own children stay with it', (t) => {
  const orphaned = tree(
    { id: 1, operation: 'root' },
    { id: 3, parent: 99, operation: 'orphan', startUs: 5 },
    { id: 4, parent: 3, operation: 'its child', startUs: 6 },
  );
  t.deepEqual(picture(orphaned), ['shop root', 'shop orphan', '  shop its child']);
  t.deepEqual(orphaned.missingParents, ['0000000000000063']);
  t.deepEqual(
    orphaned.roots.map(({ missingParent }) => missingParent),
    [null, '0000000000000063'],
  );
});

test('circles of parents are cut open: every span is there once', (t) => {
  const circles = tree(
    { id: 1, parent: 1, operation: 'own parent' },
    { id: 2, parent: 4, operation: 'b', startUs: 1 },
    { id: 3, parent: 2, operation: 'c', startUs: 2 },
    { id: 4, parent: 3, operation: 'd', startUs: 3 },
    { id: 5, parent: 3, operation: 'below the circle', startUs: 4 },
    { id: 6, operation: 'proper root', startUs: 5 },
  );
  t.deepEqual(picture(circles), [
    'shop own parent',
    'shop b',
    '  shop c',
    '    shop d',
    '    shop below the circle',
    'shop proper root',
  ]);
  t.deepEqual(
    circles.roots.map(({ inCircle }) => inCircle),
    [true, true, false],
  );
});

test('a span below a circle that starts before it does not become the root', (t) => {
  t.deepEqual(
    picture(
      tree(
        { id: 5, parent: 3, operation: 'below' },
        { id: 2, parent: 3, operation: 'b', startUs: 1 },
        { id: 3, parent: 2, operation: 'c', startUs: 2 },
      ),
    ),
    ['shop c', '  shop below', '  shop b'],
  );
});

test('spans with one id are all there, and children hang under the first', (t) => {
  t.deepEqual(
    picture(
      tree(
        { id: 1, operation: 'root' },
        { id: 2, parent: 1, operation: 'twin', startUs: 1 },
        { id: 2, parent: 1, operation: 'other twin', startUs: 2 },
        { id: 3, parent: 2, operation: 'child', startUs: 3 },
      ),
    ),
    ['shop root', '  shop twin', '    shop child', '  shop other twin'],
  );
});

test('a reference into another trace makes no parent', (t) => {
  const trace = treeOf({
    traceID: 'a',
    spans: [
      {
        traceID: 'a',
        spanID: '1',
        operationName: 'linked',
        references: [{ refType: 'CHILD_OF', traceID: 'b', spanID: '2' }],
        startTime: 0,
        duration: 1,
        tags: [],
        logs: [],
        processID: 'p1',
        warnings: null,
      },
    ],
    processes: {},
    warnings: null,
  });
  t.deepEqual(trace.missingParents, []);
  t.like(trace.roots[0], { reference: null, service: '' });
});

test('a chain of 20,000 spans is no deeper than one of two', (t) => {
  const spans = Array.from({ length: 20_000 }, (_, index) => ({
    id: index + 1,
    parent: index,
    operation: `${index}`,
    startUs: index,
  }));
  const rows = rowsOf(tree(...spans.reverse()));
  t.is(rows.length, 20_000);
  t.like(rows.at(-1), { depth: 19_999, span: { operation: '19999' } });
});

test('a trace without spans has an empty tree', (t) => {
  t.deepEqual(treeOf({ traceID: '', spans: [], processes: {}, warnings: null }), {
    traceId: '',
    startUs: 0,
    durationUs: 0,
    spanCount: 0,
    errorCount: 0,
    services: [],
    missingParents: [],
    roots: [],
  });
});

test('a recorded trace of three services has the tree that its spans say', async (t) => {
  const standIn = await startStandIn(t);
  const { posts, reads } = loadRecordedCase('three-services-ten-spans');
  await standIn.take(...posts.map(({ body }) => body));
  const recorded = treeOf(await standIn.trace(reads[0]?.path.split('/').at(-1) ?? ''));
  t.deepEqual(picture(recorded), [
    'gateway POST /checkout',
    '  gateway validate',
    '  gateway call orders',
    '    orders orders.create',
    '      orders INSERT',
    '      orders call payments',
    '        payments payments.charge',
    '          payments POST https://bank.example',
    '          payments retry',
    '  gateway render',
  ]);
  t.is(recorded.errorCount, 1);
});
