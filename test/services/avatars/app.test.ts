import test from 'ava';
import { Avatar } from '#shared/contracts/avatars.ts';
import { compileFields } from '#shared/contracts/fields.ts';
import { matchTree } from '#shared/tracing/testing.ts';
import { startAvatars } from '../../helpers/avatars.ts';
import { until } from '../../helpers/until.ts';

test('answers a picture for any id, as its contract says', async (t) => {
  const { url } = await startAvatars(t);
  for (const id of ['ada', 'a%2Fb', '%3Cscript%3E', '%F0%9F%91%A9']) {
    const response = await fetch(`${url}/avatars/${id}`);
    t.is(response.status, 200);
    t.deepEqual(compileFields(Avatar)(await response.json()), []);
  }
});

test('nothing else is there', async (t) => {
  const { url } = await startAvatars(t);
  t.is((await fetch(`${url}/`)).status, 404);
  t.is((await fetch(`${url}/avatars/${'x'.repeat(101)}`)).status, 404);
  t.is((await fetch(`${url}/avatars/ada`, { method: 'POST' })).status, 405);
});

test('continues the trace of whoever asks, and leaves probes out of it', async (t) => {
  const { url, tracing } = await startAvatars(t);
  const headers = { 'uber-trace-id': `${'a'.repeat(32)}:${'b'.repeat(16)}:0:1` };
  t.is((await fetch(`${url}/health/live`, { headers })).status, 200);
  await fetch(`${url}/avatars/ada`, { headers });
  await until(() => tracing.spans.length === 1);
  matchTree(tracing.spans, 'avatars GET /avatars/:id (server)');
  t.like(tracing.spans[0], { traceId: 'a'.repeat(32), parentId: 'b'.repeat(16) });
});
