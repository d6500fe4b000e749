import test from 'ava';
import { loadRecordedErrors } from '../recorded.ts';
import { startStandIn } from '../stand-in.ts';

const { good, queries } = loadRecordedErrors();
const GOOD_TRACE = '70bac1497bc538bef4a4a4c096126a3d';

test('ids and parameters, good and bad, are answered as by Jaeger', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(good);
  const plain = await (await standIn.get(`/api/traces/${GOOD_TRACE}`)).text();
  for (const { request, status, answer: expected, sameAsWithoutParameters } of queries) {
    const answer = await standIn.get(request.replace('GET ', ''));
    const text = await answer.text();
    t.is(answer.status, status, request);
    if (expected !== null) t.is(text, expected, request);
    // The one that differs is `raw`: it brings the tags in the order they were sent in.
    if (sameAsWithoutParameters === true) t.is(text, plain, request);
  }
});

test('a parameter is no boolean by the name of a member that objects have', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(good);
  t.is((await standIn.get(`/api/traces/${GOOD_TRACE}?raw=constructor`)).status, 400);
});

for (const [spelling, path] of [
  ['capitals', GOOD_TRACE.toUpperCase()],
  ['base64', encodeURIComponent(Buffer.from(GOOD_TRACE, 'hex').toString('base64'))],
  ['base64url without padding', Buffer.from(GOOD_TRACE, 'hex').toString('base64url')],
] as const) {
  test(`an id in ${spelling} finds its trace`, async (t) => {
    const standIn = await startStandIn(t);
    await standIn.take(good);
    t.is((await standIn.trace(path)).traceID, GOOD_TRACE);
  });
}

test('what is no id is answered 400, whatever it holds', async (t) => {
  const standIn = await startStandIn(t);
  for (const id of ['%', '%ff', '%00', '..%2f..%2fetc', '<script>', 'a'.repeat(5000), '=', '====']) {
    const answer = await standIn.get(`/api/traces/${id}`);
    t.is(answer.status, 400, id);
    t.is(answer.headers.get('content-type'), 'text/plain; charset=utf-8');
    const body = (await answer.json()) as { errors: { code: number }[] };
    t.is(body.errors[0]?.code, 400);
  }
});

test('other paths and methods under /api/ are not found', async (t) => {
  const standIn = await startStandIn(t);
  for (const [method, path] of [
    ['GET', '/api/services'],
    ['GET', '/api/traces'],
    ['GET', '/api/traces/'],
    ['GET', `/api/traces/${GOOD_TRACE}/more`],
    ['POST', `/api/traces/${GOOD_TRACE}`],
    ['OPTIONS', `/api/traces/${GOOD_TRACE}`],
    ['DELETE', '/'],
  ] as const) {
    const answer = await fetch(`${standIn.queryUrl}${path}`, { method });
    t.is(answer.status, 404, `${method} ${path}`);
    t.is(await answer.text(), '404 page not found\n');
  }
});

test('HEAD answers as GET does, without the body', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(good);
  const answer = await fetch(`${standIn.queryUrl}/api/traces/${GOOD_TRACE}`, { method: 'HEAD' });
  t.is(answer.status, 200);
  t.is(await answer.text(), '');
});

test('no other origin may read, and nothing is guessed from the content', async (t) => {
  const standIn = await startStandIn(t);
  const answer = await fetch(`${standIn.queryUrl}/`, { headers: { Origin: 'http://elsewhere' } });
  t.is(answer.headers.get('access-control-allow-origin'), null);
  t.is(answer.headers.get('x-content-type-options'), 'nosniff');
});
