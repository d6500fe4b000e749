import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { type ColourDepth, createPalette } from '../../../jaeger/trace-command/colours.ts';
import { drawTree } from '../../../jaeger/trace-command/draw-tree.ts';
import { textWidth } from '../../../jaeger/trace-command/terminal-text.ts';
import type { TraceTree } from '../../../jaeger/tree/trace-tree.ts';
import { batchOf } from '../spans.ts';
import { treeOfBatches } from '../tree/traces.ts';

const LINK = 'http://127.0.0.1:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736';
const TRACE = 0x4bf92f3577b34da6a3ce929d0e0e4736n;
const kind = (name: string) => ({ 'span.kind': name });
const boom = { atUs: 11_000, fields: { event: 'error', 'error.kind': 'Error', message: 'boom' } };

const tree = treeOfBatches(
  batchOf(TRACE, 'gateway', [
    {
      id: 1,
      operation: 'GET /user/test',
      durationUs: 12_300,
      tags: { ...kind('server'), error: true },
      logs: [boom],
    },
    { id: 2, parent: 1, operation: 'users.test', startUs: 800, durationUs: 11_000, tags: kind('client') },
  ]),
  batchOf(TRACE, 'users', [
    { id: 3, parent: 2, operation: 'users.test', startUs: 1500, durationUs: 9500, tags: kind('server') },
    { id: 4, parent: 3, operation: 'SELECT users', startUs: 1700, durationUs: 310, tags: kind('client') },
    { id: 5, parent: 3, operation: 'user.tested', startUs: 8500, durationUs: 210, tags: kind('producer') },
  ]),
  batchOf(TRACE, 'audit', [
    {
      id: 6,
      followsFrom: 5,
      operation: 'user.tested',
      startUs: 9100,
      durationUs: 5300,
      tags: kind('consumer'),
    },
    { id: 7, parent: 6, operation: 'write', startUs: 9300, durationUs: 400 },
    { id: 8, parent: 99, operation: 'lost', startUs: 9500, durationUs: 800 },
  ]),
);

function draw(traceTree: TraceTree, width = 100, depth: ColourDepth = 1): string {
  return drawTree(traceTree, { link: LINK, width, palette: createPalette(depth) });
}

const picture = `\
trace 4bf92f3577b34da6a3ce929d0e0e4736
8 spans · 3 services (gateway, users, audit) · 14.4 ms · ✗ 1 error · ? 1 parent missing
${LINK}

✗ gateway GET /user/test       server    12.3 ms  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸
│ Error: boom
└─ gateway users.test          client    11.0 ms     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
   └─ users users.test         server    9.50 ms       ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
      ├─ users SELECT users    client     310 µs        ━
      └─ users user.tested     producer   210 µs                               ╺
         └┄ audit user.tested  consumer  5.30 ms                                 ╺╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍
            └─ audit write                400 µs                                  ╺╸
? audit lost                              800 µs                                   ━━━
  an orphan: its parent 0000000000000063 is not in the trace`;

test('a trace is drawn with its branches, kinds, durations, bars, errors and orphans', (t) => {
  t.is(draw(tree), picture);
});

test('a line says how its span went, where a tag tells', (t) => {
  const queued = { tags: { ...kind('server'), 'moleculer.queue_ms': 152 } };
  const drawn = draw(
    treeOfBatches(
      batchOf(TRACE, 'lab', [
        { id: 1, operation: 'GET /lab/pool', tags: { ...kind('server'), 'http.status_code': 404 } },
        { id: 2, parent: 1, operation: 'lab.render', startUs: 1, tags: { 'moleculer.attempt': 2 } },
        { id: 3, parent: 2, operation: 'lab.render', startUs: 2, ...queued },
      ]),
    ),
  );
  t.deepEqual(
    drawn
      .split('\n')
      .slice(4)
      .map((line) => line.replace(/ {2,}(server +)?[\d.]+ [mµ]s .*$/, '')),
    ['lab GET /lab/pool · 404', '└─ lab lab.render · attempt 2', '   └─ lab lab.render · queued 152 ms'],
  );
});

test('what went wrong is said where it began, and again only where it is told otherwise', (t) => {
  const failed = (message: string) => ({
    tags: { error: true },
    logs: [{ atUs: 1, fields: { event: 'error', 'error.kind': 'Error', message } }],
  });
  const drawn = draw(
    treeOfBatches(
      batchOf(TRACE, 'shop', [
        { id: 1, operation: 'buy', ...failed('no answer') },
        { id: 2, parent: 1, operation: 'pay', startUs: 1, ...failed('boom') },
        { id: 3, parent: 2, operation: 'charge', startUs: 2, ...failed('boom') },
        { id: 4, parent: 2, operation: 'charge', startUs: 3, ...failed('boom') },
      ]),
    ),
    30,
  );
  t.deepEqual(
    drawn
      .split('\n')
      .slice(4)
      .map((line) => line.replace(/ +\d.*$/, '')),
    [
      '✗ shop buy',
      '│ Error: no answer',
      '└─ ✗ shop pay',
      '   ├─ ✗ shop charge',
      '   │    Error: boom',
      '   └─ ✗ shop charge',
      '        Error: boom',
    ],
  );
});

test('colours change nothing but the colour', (t) => {
  for (const depth of [4, 8, 24] as const) {
    const coloured = draw(tree, 100, depth);
    t.not(coloured, picture);
    t.is(stripVTControlCharacters(coloured), picture);
  }
});

test('no line is wider than the terminal, however narrow it is', (t) => {
  const wide = treeOfBatches(
    batchOf(TRACE, 'сервис-服务', [
      { id: 1, operation: '👩‍👩‍👧‍👦 заказ '.repeat(9), tags: { error: true }, logs: [boom] },
      { id: 2, parent: 1, operation: '服务'.repeat(40), durationUs: 86_400_000_000, tags: kind('consumer') },
      { id: 3, parent: 99, operation: 'lost' },
    ]),
  );
  for (const drawn of [tree, wide]) {
    for (const width of [200, 100, 80, 61, 60, 52, 50]) {
      const [, , , , ...lines] = draw(drawn, width).split('\n');
      for (const line of lines) t.true(textWidth(line) <= width, `${width}: ${textWidth(line)} ${line}`);
    }
  }
});

test('what a terminal would obey is made visible', (t) => {
  const evil = 'a\u001B[2J\u0007\n\u202Eb\u0000';
  const drawn = draw(
    treeOfBatches(
      batchOf(TRACE, evil, [
        {
          id: 1,
          operation: evil,
          tags: { error: true },
          logs: [{ atUs: 1, fields: { event: 'error', message: evil } }],
        },
      ]),
    ),
  );
  t.notRegex(drawn, /[^\P{Cc}\n]|\u202E/u);
  t.true(drawn.includes('a\uFFFD[2J\uFFFD \uFFFDb\uFFFD'));
});

for (const width of [60, 80, 100, 160]) {
  test(`in ${width} columns every span of a deep trace says how deep it is, or shows it, and has its name`, (t) => {
    const spans = Array.from({ length: 3000 }, (_, index) => ({
      id: index + 1,
      parent: index,
      operation: `step ${index}`,
      startUs: index,
    }));
    const lines = draw(treeOfBatches(batchOf(TRACE, 'deep', spans)), width)
      .split('\n')
      .slice(4);
    for (const [depth, line] of lines.entries()) {
      const branches = depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `;
      const label = line.replace(/ {2,}[\d.]+ [mµ]s .*$/, '');
      if (label !== `${branches}deep step ${depth}`)
        t.regex(label, new RegExp(`^… ${depth} deep … ( {3})*└─ deep step ${depth}$`));
    }
    t.true(lines.at(-1)?.startsWith('… 2999 deep …'));
  });
}

test('a trace of spans that take no time is drawn', (t) => {
  const lines = draw(
    treeOfBatches(batchOf(TRACE, 'quick', [{ id: 1, operation: 'a', durationUs: 0 }])),
    60,
  ).split('\n');
  t.regex(lines[4] ?? '', /^quick a {2}0 µs {2}╸?━*/);
  t.regex(lines[1] ?? '', /^1 span · 1 service \(quick\) · 0 µs · no errors$/);
});

test('times beyond any calendar do not break the drawing', (t) => {
  const absurd = treeOfBatches({
    ...batchOf(TRACE, 'absurd', [
      { id: 1, operation: 'normal' },
      { id: 2, operation: 'negative', startUs: -9e15, durationUs: 5 },
      { id: 3, operation: 'endless', durationUs: 9e15 },
    ]),
  });
  for (const line of draw(absurd).split('\n').slice(4)) t.true(textWidth(line) <= 100, line);
});
