/** How a reporter ends: with everything sent that can be, in time, and with an account of the rest. */
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import test from 'ava';
import {
  createHttpReporter,
  type HttpReporterOptions,
  type Reporter,
} from '#shared/tracing/reporter/reporter.ts';
import { until } from '../../../helpers/until.ts';
import { accept, answer, batch, type Collector, hang, ids, startCollector } from './collector.ts';
import { ManualClock } from './manual-clock.ts';

function createReporter(collector: Collector, options: Partial<HttpReporterOptions> = {}): Reporter {
  return createHttpReporter({
    endpoint: collector.endpoint,
    contentType: 'application/x-thrift',
    ...options,
  });
}

test('5,000 spans in one turn and then a close: all arrive', async (t) => {
  const collector = await startCollector(t);
  const reporter = createReporter(collector);
  for (const id of ids(100)) reporter.send(batch(id, { spans: 50, bytes: 20_000 }));
  t.deepEqual(await reporter.close({ deadlineMs: 10_000 }), { sent: 5_000, dropped: 0, spooled: 0 });
  t.is(collector.arrived.size, 100);
});

test('a collector that never answers: the close keeps its deadline and counts what it dropped', async (t) => {
  const collector = await startCollector(t, hang);
  const reporter = createReporter(collector);
  for (const id of ids(10)) reporter.send(batch(id, { spans: 3 }));
  const start = performance.now();
  const [delivered, lateMs] = await Promise.all([
    reporter.close({ deadlineMs: 1_000 }),
    // On a busy machine a second takes longer than a second: for everybody.
    delay(1_000).then(() => performance.now() - start - 1_000),
  ]);
  const tookMs = performance.now() - start;
  t.true(tookMs >= 995 && tookMs < 1_200 + lateMs, `${tookMs} ms`);
  t.deepEqual(delivered, { sent: 0, dropped: 30, spooled: 0 });
  t.like(reporter.stats(), {
    droppedBy: { deadline: 30 },
    queued: { spans: 0, bytes: 0 },
    requests: { open: 0 },
  });
  await until(() => collector.hanging.size === 0);
  t.true(collector.mostOpen <= 2);
});

test('a collector that comes back during the close gets everything', async (t) => {
  const collector = await startCollector(t);
  await collector.close();
  const reporter = createReporter(collector);
  for (const id of ids(20)) reporter.send(batch(id));
  const closing = reporter.close({ deadlineMs: 10_000 });
  await until(() => reporter.stats().requests.failed >= 3);
  await collector.open();
  t.deepEqual(await closing, { sent: 20, dropped: 0, spooled: 0 });
});

test('a close does not sit out the wait for a retry, nor a Retry-After', async (t) => {
  const clock = new ManualClock();
  const collector = await startCollector(t, answer(503, { 'retry-after': '60' }));
  const reporter = createReporter(collector, { clock });
  reporter.send(batch(1));
  await until(() => reporter.stats().collector === 'away');
  collector.behave = accept;
  t.deepEqual(await reporter.close({ deadlineMs: 10_000 }), { sent: 1, dropped: 0, spooled: 0 });
  t.is(clock.timers, 0);
});

test('a Retry-After given during a close is not sat out either', async (t) => {
  const collector = await startCollector(t);
  const refusal = answer(503, { 'retry-after': '60' });
  collector.behave = (request, response) => {
    if (collector.requests.length === 3) collector.behave = accept;
    refusal(request, response, collector);
  };
  const reporter = createReporter(collector);
  reporter.send(batch(1));
  t.deepEqual(await reporter.close({ deadlineMs: 10_000 }), { sent: 1, dropped: 0, spooled: 0 });
});

test('a close does not drain at the bounded rate', async (t) => {
  const collector = await startCollector(t, answer(503));
  const reporter = createReporter(collector, { drainBytesPerSecond: 1 });
  for (const id of ids(50)) reporter.send(batch(id));
  await until(() => reporter.stats().collector === 'away');
  collector.behave = accept;
  t.deepEqual(await reporter.close({ deadlineMs: 10_000 }), { sent: 50, dropped: 0, spooled: 0 });
});

test('requests that hang since before the close do not hold back what is behind them, nor are they lost', async (t) => {
  const clock = new ManualClock();
  const collector = await startCollector(t);
  const reporter = createReporter(collector, { clock });
  reporter.send(batch('first'));
  await until(() => reporter.stats().sent === 1);
  collector.behave = hang;
  for (const id of ids(10)) reporter.send(batch(id));
  await until(() => collector.hanging.size === 2);
  collector.behave = accept;
  const closing = reporter.close({ deadlineMs: 5_000 });
  clock.advance(2_500); // half of the deadline: both are given up
  await until(() => reporter.stats().requests.failed === 2);
  clock.advance(250); // the wait for a retry
  t.deepEqual(await closing, { sent: 11, dropped: 0, spooled: 0 });
  t.is(collector.arrived.size, 11);
  t.true(collector.mostOpen <= 2);
});

test('a lone request that hangs gets a second one beside it, and the first answer counts', async (t) => {
  const clock = new ManualClock();
  const collector = await startCollector(t, hang);
  const reporter = createReporter(collector, { clock });
  reporter.send(batch(1));
  await until(() => collector.hanging.size === 1);
  collector.behave = accept;
  const closing = reporter.close({ deadlineMs: 5_000 });
  clock.advance(2_500);
  t.deepEqual(await closing, { sent: 1, dropped: 0, spooled: 0 });
  t.is(collector.requests.length, 2);
});

test('if the second one fails, the first is still waited for', async (t) => {
  const clock = new ManualClock();
  const collector = await startCollector(t, hang);
  const reporter = createReporter(collector, { clock });
  reporter.send(batch(1));
  await until(() => collector.hanging.size === 1);
  collector.behave = answer(500);
  const closing = reporter.close({ deadlineMs: 5_000 });
  clock.advance(2_500);
  await until(() => reporter.stats().requests.failed === 1);
  for (const response of collector.hanging) response.writeHead(202).end();
  t.deepEqual(await closing, { sent: 1, dropped: 0, spooled: 0 });
  t.is(collector.requests.length, 2);
});

test('a slow collector is not taken for one that hangs: the first answer is waited for', async (t) => {
  const collector = await startCollector(t, hang);
  const clock = new ManualClock();
  const reporter = createReporter(collector, { clock });
  reporter.send(batch(1));
  const closing = reporter.close({ deadlineMs: 1_000 });
  await until(() => collector.hanging.size === 1);
  clock.advance(900);
  for (const response of collector.hanging) response.writeHead(202).end();
  t.deepEqual(await closing, { sent: 1, dropped: 0, spooled: 0 });
});

test('a batch given while it closes is still sent', async (t) => {
  const collector = await startCollector(t, hang);
  const reporter = createReporter(collector);
  reporter.send(batch(1));
  await until(() => collector.hanging.size === 1);
  const closing = reporter.close({ deadlineMs: 10_000 });
  collector.behave = accept;
  reporter.send(batch(2));
  for (const response of collector.hanging) response.writeHead(202).end();
  t.deepEqual(await closing, { sent: 2, dropped: 0, spooled: 0 });
});

test('a second close gets what the first one gets', async (t) => {
  const collector = await startCollector(t);
  const reporter = createReporter(collector);
  reporter.send(batch(1));
  const closing = reporter.close({ deadlineMs: 10_000 });
  t.is(reporter.close({ deadlineMs: 1 }), closing);
  t.deepEqual(await closing, { sent: 1, dropped: 0, spooled: 0 });
  t.deepEqual(await reporter.close({ deadlineMs: 0 }), { sent: 1, dropped: 0, spooled: 0 });
});

for (const deadlineMs of [0, -1, Number.NaN, 'soon', {}, Object.create(null)])
  test(`a deadline of ${inspect(deadlineMs)} ms drops what is queued at once`, async (t) => {
    const collector = await startCollector(t, hang);
    const reporter = createReporter(collector);
    reporter.send(batch(1));
    t.deepEqual(await reporter.close({ deadlineMs }), { sent: 0, dropped: 1, spooled: 0 });
  });

test('a deadline beyond what timers can count is no deadline of now', async (t) => {
  const collector = await startCollector(t);
  const reporter = createReporter(collector);
  reporter.send(batch(1));
  t.deepEqual(await reporter.close({ deadlineMs: Number.POSITIVE_INFINITY }), {
    sent: 1,
    dropped: 0,
    spooled: 0,
  });
});

test('the last losses are logged in one line, even if another of the same minute was written', async (t) => {
  const lines: object[] = [];
  const logger = { debug: () => {}, warn: (fields: object) => lines.push(fields) };
  const collector = await startCollector(t, hang);
  const reporter = createReporter(collector, { logger });
  for (const id of ids(5)) reporter.send(batch(id));
  await reporter.close({ deadlineMs: 0 });
  t.deepEqual(lines, [{ reason: 'deadline', spans: 5 }]);
  reporter.send(batch('late'));
  t.deepEqual(lines.slice(1), [{ reason: 'closed', spans: 1 }]);
});

test('losses at the close say what the collector lacked', async (t) => {
  const lines: object[] = [];
  const logger = { debug: () => {}, warn: (fields: object) => lines.push(fields) };
  const collector = await startCollector(t);
  await collector.close();
  const reporter = createReporter(collector, { logger });
  for (const id of ids(5)) reporter.send(batch(id));
  await reporter.close({ deadlineMs: 100 });
  const { host } = new URL(collector.endpoint);
  const detail = `${host}/api/traces: connect ECONNREFUSED ${host}`;
  t.deepEqual(lines, [{ detail }, { reason: 'deadline', spans: 5, detail }]);
});
