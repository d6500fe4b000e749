import { spawnSync } from 'node:child_process';
import test from 'ava';
import { createMetrics } from '#shared/metrics/metrics.ts';
import { testNeeding } from '../../helpers/needs.ts';

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0';
const traceId = 'a'.repeat(32);
const stats = {
  started: 5,
  finished: 4,
  unfinished: 1,
  sent: 2,
  spooled: 6,
  dropped: { queue_full: 1 },
  queued: 1,
  queuedBytes: 100,
  failedRequests: 3,
  retriedRequests: 2,
};

/** Metrics of a process that has answered two requests and run an action twice. */
function createSomeMetrics() {
  const metrics = createMetrics(() => stats);
  metrics.observeRequest({ method: 'GET', route: '/users/:id', status: '200' }, { seconds: 0.02, traceId });
  metrics.observeRequest({ method: 'GET', route: '/users/:id', status: '404' }, { seconds: 0.3 });
  metrics.observeAction({ action: 'users.get', outcome: 'ok' }, { seconds: 0.01, traceId });
  metrics.observeAction({ action: 'users.get', outcome: 'refused' }, { seconds: 0.01 });
  return metrics;
}

test('OpenMetrics has counts, durations, and a trace as an example', async (t) => {
  const { type, text } = await createSomeMetrics().read(`${OPEN_METRICS},text/plain;q=0.5`);
  t.regex(type, /^application\/openmetrics-text; version=1\.0\.0/);
  t.true(text.endsWith('# EOF\n'));
  t.regex(text, /^http_request_duration_seconds_count\{method="GET",route="\/users\/:id",status="200"\} 1$/m);
  t.regex(text, /_bucket\{le="0\.025",[^}]*status="200"\} 1 # \{trace_id="a{32}"\} 0\.02 \d+/);
  t.regex(text, /^moleculer_action_duration_seconds_count\{action="users\.get",outcome="refused"\} 1$/m);
  t.regex(text, /^# TYPE tracemesh_spans counter$/m);
  t.regex(text, /^tracemesh_spans_total\{state="sent"\} 2$/m);
  t.regex(text, /^tracemesh_spans_dropped_total\{reason="queue_full"\} 1$/m);
  t.regex(text, /^tracemesh_spans_queued 1$/m);
  t.regex(text, /^# TYPE tracemesh_spans_spooled gauge\ntracemesh_spans_spooled 6$/m);
  t.regex(text, /^tracemesh_spans_unfinished 1$/m);
  t.regex(text, /^process_cpu_seconds_total /m);
});

test('the older text format has the same without examples', async (t) => {
  const metrics = createSomeMetrics();
  await metrics.read(OPEN_METRICS);
  for (const accept of ['', '*/*', 'text/plain;version=0.0.4']) {
    const { type, text } = await metrics.read(accept);
    t.regex(type, /^text\/plain; version=0\.0\.4/);
    t.notRegex(text, /trace_id|# EOF/);
    t.regex(text, /^# TYPE tracemesh_spans_total counter\ntracemesh_spans_total\{state="started"\} 5$/m);
    t.regex(text, /_bucket\{le="0\.025",[^}]*status="200"\} 1$/m);
  }
});

test('what was counted is as it is now, whoever asks how often', async (t) => {
  const metrics = createMetrics(() => stats);
  await metrics.read('');
  t.regex((await metrics.read('')).text, /^tracemesh_spans_total\{state="finished"\} 4$/m);
});

test('two processes of metrics do not know each other', async (t) => {
  createSomeMetrics();
  t.notRegex((await createMetrics(() => stats).read('')).text, /users/);
});

testNeeding('promtool')("Prometheus' own linter has nothing to say of our metrics", async (t) => {
  const { text } = await createSomeMetrics().read('');
  const ours = text.replaceAll(/^(# (HELP|TYPE) )?(nodejs|process)_.*\n/gm, '');
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: ours,
    encoding: 'utf8',
  });
  t.is(status, 0, stdout + stderr);
});
