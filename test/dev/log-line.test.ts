import test from 'ava';
import { createLineReader } from '../../dev/log-line.ts';

const read = createLineReader(false);
const time = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();

for (const [title, fields, expected] of [
  ['a message', { level: 30, msg: 'listening' }, '03:04:05.006 listening'],
  ['a warning', { level: 40, msg: 'careful' }, '03:04:05.006 WARN careful'],
  ['an unknown level', { level: 35, msg: 'x' }, '03:04:05.006 35 x'],
  ['fields', { level: 30, msg: 'sent', to: 'ann', n: 2 }, "03:04:05.006 sent to='ann' n=2"],
  [
    'nested fields, on one line',
    { level: 30, msg: 'm', a: { b: [1, 2] } },
    '03:04:05.006 m a={ b: [ 1, 2 ] }',
  ],
  ['the trace', { level: 30, msg: 'm', traceId: 'abc', spanId: 'def' }, '03:04:05.006 m trace abc'],
  [
    'a request',
    {
      level: 30,
      msg: 'request',
      method: 'GET',
      route: '/users/:id',
      status: 200,
      durationMs: 1.26,
      traceId: 'a',
    },
    '03:04:05.006 GET /users/:id 200 1.3 ms trace a',
  ],
  [
    'a request without a route',
    { level: 30, msg: 'request', method: 'GET', status: 404 },
    '03:04:05.006 GET (no route) 404',
  ],
] as const) {
  test(`spells out ${title}`, (t) => {
    t.deepEqual(read(JSON.stringify({ time, pid: 1, hostname: 'h', name: 'n', ...fields })), [expected]);
  });
}

test("spells out an error with its stack's lines", (t) => {
  const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at a.ts:1' };
  t.deepEqual(read(JSON.stringify({ time, level: 50, msg: 'failed', err })), [
    '03:04:05.006 ERROR failed',
    'Error: no',
    '    at a.ts:1',
  ]);
});

for (const line of ['plain', '', '{', '{}', '{"a":1}', '[1]', '{"time":"x","level":30}', 'null']) {
  test(`leaves ${JSON.stringify(line)} as it is`, (t) => {
    t.deepEqual(read(line), [line]);
  });
}

test('paints where colours are wanted', (t) => {
  const [line = ''] = createLineReader(true)(JSON.stringify({ time, level: 50, msg: 'no' }));
  t.true(line.includes('\u001b[31mERROR no'));
});
