import { createHash } from 'node:crypto';
import test from 'ava';
import { loadRecordedCases } from '../recorded.ts';
import { batchOf } from '../spans.ts';
import { startStandIn } from '../stand-in.ts';

const TRACE = 0x4bf92f3577b34da6a3ce929d0e0e4736n;
const TRACE_PATH = `/trace/${TRACE.toString(16)}`;

test('a trace is shown with its services, spans, errors and facts', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(
    batchOf(TRACE, 'gateway', [
      { id: 1, operation: 'GET /user/test', durationUs: 12_300, tags: { 'span.kind': 'server' } },
    ]),
    batchOf(TRACE, 'users', [
      {
        id: 2,
        parent: 1,
        operation: 'users.test',
        startUs: 1000,
        durationUs: 9000,
        tags: { error: true, 'db.statement': 'SELECT 1' },
        logs: [{ atUs: 2500, fields: { event: 'error', message: 'no such user' } }],
      },
      {
        id: 3,
        followsFrom: 2,
        operation: 'user.tested',
        startUs: 5000,
        tags: { 'moleculer.queue_ms': 12.5 },
      },
      { id: 4, parent: 99, operation: 'lost' },
    ]),
  );
  const answer = await standIn.get(TRACE_PATH);
  t.is(answer.status, 200);
  t.is(answer.headers.get('content-type'), 'text/html; charset=utf-8');
  const page = await answer.text();
  for (const part of [
    'GET /user/test',
    '<span class="kind">server</span>',
    '<span class="kind">· queued 12.5 ms</span>',
    '✗ no such user',
    '<th>db.statement</th><td>SELECT 1</td>',
    'Log after 2.50 ms',
    '↝',
    '? its parent 0000000000000063 is not in the trace',
    '<b>4</b> spans',
    '<b>1</b> failed',
    '<b>1</b> parent missing',
    '12.3 ms',
  ])
    t.true(page.includes(part), part);
});

test('whatever a span holds stays text', async (t) => {
  const standIn = await startStandIn(t);
  const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;`;
  await standIn.take(
    batchOf(TRACE, `service ${evil}`, [
      {
        id: 1,
        operation: `operation ${evil}`,
        tags: { [`tag ${evil}`]: `value ${evil}`, error: true },
        logs: [{ atUs: 1, fields: { event: 'error', message: `message ${evil}` } }],
      },
    ]),
  );
  for (const path of [TRACE_PATH, '/', `/trace/${encodeURIComponent(evil)}`]) {
    const page = await (await standIn.get(path)).text();
    t.notRegex(page, /<script|<img|onerror=alert\(1\)>/, path);
    t.notRegex(page, /"'>/, path);
  }
});

test('what is written from right to left turns nothing but itself', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(batchOf(TRACE, '\u202Eecivres', [{ id: 1, operation: 'مرحبا', tags: { error: true } }]));
  for (const path of [TRACE_PATH, '/']) {
    const page = await (await standIn.get(path)).text();
    const beside = page.replaceAll(/<bdi[^>]*>.*?<\/bdi>|<(title|h1|svg)[^>]*>.*?<\/\1>/g, '');
    t.notRegex(beside, /\u202E|مرحبا/, path);
  }
});

test('a page may load nothing and run nothing, and its own style is allowed', async (t) => {
  const standIn = await startStandIn(t);
  const answer = await standIn.get('/');
  const policy = answer.headers.get('content-security-policy') ?? '';
  const page = await answer.text();
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  t.true(policy.startsWith(`default-src 'none'; style-src 'sha256-${hash}';`), policy);
  t.notRegex(policy, /unsafe|\*|http/);
  t.notRegex(page, /\sstyle=|\son\w+=|https?:\/\/(?!127\.0\.0\.1)/);
});

test('the list shows the latest traces, newest first, and leads to them', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(
    batchOf(1n, 'gateway', [{ id: 1, operation: 'GET /first' }]),
    batchOf(2n, 'gateway', [{ id: 1, operation: 'GET /second', tags: { error: true } }]),
  );
  for (const path of ['/', '/search']) {
    const page = await (await standIn.get(path)).text();
    const links = [...page.matchAll(/<a href="(\/trace\/\w+)">([^<]+)</g)].map(([, link, name]) => [
      link,
      name,
    ]);
    t.deepEqual(links, [
      [`/trace/${'2'.padStart(32, '0')}`, 'gateway: GET /second'],
      [`/trace/${'1'.padStart(32, '0')}`, 'gateway: GET /first'],
    ]);
    t.true(page.includes('✗ 1 failed'));
  }
});

test('an empty list says what to do', async (t) => {
  const standIn = await startStandIn(t);
  t.regex(await (await standIn.get('/')).text(), /No trace has come yet[\s\S]*curl/);
});

test('the list says how much had to go', async (t) => {
  const standIn = await startStandIn(t, { store: { maxTraces: 1 } });
  await standIn.take(
    batchOf(1n, 'a', [{ id: 1, operation: 'a' }]),
    batchOf(2n, 'a', [{ id: 1, operation: 'a' }]),
  );
  t.regex(await (await standIn.get('/')).text(), /Older ones that had to go: 1 traces, 1 spans/);
});

test('what is pasted into the field of the page opens the trace', async (t) => {
  const standIn = await startStandIn(t);
  for (const [pasted, location] of [
    [` x-trace-id: ${TRACE.toString(16)} `, TRACE_PATH],
    ['no <id>', '/trace/no%20%3Cid%3E'],
  ] as const) {
    const answer = await fetch(`${standIn.queryUrl}/search?traceID=${encodeURIComponent(pasted)}`, {
      redirect: 'manual',
    });
    t.is(answer.status, 303);
    t.is(answer.headers.get('location'), location);
  }
});

test('a trace that is not there has a page that says so', async (t) => {
  const standIn = await startStandIn(t);
  const answer = await standIn.get(TRACE_PATH);
  t.is(answer.status, 404);
  t.regex(await answer.text(), /No trace <code>4bf92f/);
  t.is((await standIn.get('/nowhere')).status, 404);
});

test('a trace with a number that JSON cannot hold is shown all the same', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(batchOf(TRACE, 'a', [{ id: 1, operation: 'a', tags: { ratio: Number.NaN } }]));
  t.regex(await (await standIn.get(TRACE_PATH)).text(), /<th>ratio<\/th><td>NaN<\/td>/);
});

test('every recorded trace has its page', async (t) => {
  const standIn = await startStandIn(t);
  for (const { posts } of loadRecordedCases()) await standIn.take(...posts.map(({ body }) => body));
  for (const [traceId] of standIn.store.latest(1000)) {
    const page = await (await standIn.get(`/trace/${traceId}`)).text();
    t.notRegex(page, /="[^"]*(NaN|undefined|Infinity)/, traceId);
  }
});

test('a trace of 5,000 spans is shown in part and says so', async (t) => {
  const standIn = await startStandIn(t);
  const spans = Array.from({ length: 5000 }, (_, index) => ({
    id: index + 1,
    parent: index,
    operation: `${index}`,
  }));
  await standIn.take(batchOf(TRACE, 'deep', spans));
  const page = await (await standIn.get(TRACE_PATH)).text();
  t.is(page.split('<details').length - 1, 3000);
  t.regex(page, /2000 more spans are not drawn/);
});
