/** A reporter with a spool: what memory cannot hold, a stop cannot send or a crash would take is sent later. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import {
  createHttpReporter,
  type HttpReporterOptions,
  type Payload,
  type Reporter,
} from '#shared/tracing/reporter/reporter.ts';
import { systemDisk } from '#shared/tracing/reporter/spool-disk.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { until } from '../../../helpers/until.ts';
import { accept, answer, batch, type Collector, hang, ids, startCollector } from './collector.ts';
import { ManualClock } from './manual-clock.ts';
import { passTimeFor, passTimeUntil } from './pass-time.ts';

async function start(t: ExecutionContext) {
  const collector = await startCollector(t);
  const spoolDir = join(temporaryFolder(t), 'spool');
  const createReporter = (options: Partial<HttpReporterOptions> = {}): Reporter => {
    const reporter = createHttpReporter({
      endpoint: collector.endpoint,
      contentType: 'application/x-thrift',
      spoolDir,
      ...options,
    });
    t.teardown(() => reporter.close({ deadlineMs: 0 }));
    return reporter;
  };
  const files = () => (existsSync(spoolDir) ? readdirSync(spoolDir) : []);
  /** Leaves batches in the spool, as an earlier process would. */
  const leave = async (...batches: Payload[]) => {
    const earlier = createReporter({ clock: new ManualClock() });
    for (const left of batches) earlier.send(left);
    await earlier.close({ deadlineMs: 0 });
    t.is(files().length, batches.length);
  };
  return { collector, spoolDir, createReporter, files, leave };
}

/** A process with a reporter that shares the folder. */
async function startChild(t: ExecutionContext, ...args: string[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'reporter-child.ts'), args, { silent: true });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

const arrivedOnce = (collector: Collector): boolean =>
  [...collector.arrived.values()].every((times) => times === 1);

test('an hour without a collector at 1,000 spans/s, with little memory: nothing is lost', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter, files } = await start(t);
  const reporter = createReporter({ clock, maxQueueBytes: 100_000 });
  await collector.close();
  for (const id of ids(180)) {
    reporter.send(batch(id, { spans: 20_000, bytes: 5_000 }));
    const { queued } = reporter.stats();
    t.true(queued.bytes <= 100_000);
    clock.advance(20_000);
    await until(() => reporter.stats().queued.bytes <= 50_000);
  }
  t.true(files().length > 160, `${files().length} files`);
  await collector.open();
  await passTimeUntil(() => reporter.stats().sent === 3_600_000, { clock, reporter, collector });
  t.like(reporter.stats(), { dropped: 0, spooled: 0, recovered: 0, queued: { spans: 0 } });
  t.is(collector.arrived.size, 180);
  t.true(arrivedOnce(collector));
  t.true(collector.mostOpen <= 2);
  t.deepEqual(files(), []);
});

test('a close past its deadline leaves the rest to the next start', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter, files } = await start(t);
  collector.behave = hang;
  const first = createReporter({ clock });
  for (const id of ids(20)) first.send(batch(id, { spans: 5, bytes: 100_000 }));
  const closing = first.close({ deadlineMs: 1_000 });
  clock.advance(1_000);
  t.deepEqual(await closing, { sent: 0, dropped: 0, spooled: 100 });
  t.is(files().length, 20);

  collector.behave = accept;
  const second = createReporter();
  second.send(batch('new', { spans: 1 }));
  await until(() => files().length === 0 && reporterIsIdle(second));
  t.like(second.stats(), { given: 1, recovered: 100, sent: 101, spooled: 0, dropped: 0 });
  t.deepEqual([...collector.arrived.keys()].sort(), ['new', ...ids(20)].sort());
});

test('a crash leaves everything to the next start', async (t) => {
  const { collector, spoolDir, createReporter, files } = await start(t);
  collector.behave = hang;
  const child = await startChild(t, 'crash', collector.endpoint, spoolDir);
  await until(() => collector.hanging.size === 1);
  child.send('go');
  const [code] = await once(child, 'exit');
  t.not(code, 0);
  t.is(files().length, 5);

  collector.behave = accept;
  const next = createReporter();
  next.send(batch('new'));
  await until(() => files().length === 0 && reporterIsIdle(next));
  t.deepEqual(
    [...collector.arrived.keys()].sort(),
    ['new', ...ids(5).map((id) => `${child.pid}-${id}`)].sort(),
  );
  t.true(arrivedOnce(collector));
});

test('of several processes that share the folder each file is sent by one', async (t) => {
  const { collector, spoolDir, files, leave } = await start(t);
  await leave(...ids(60).map((id) => batch(id)));
  const children = await Promise.all(
    ['a', 'b', 'c'].map(() => startChild(t, 'serve', collector.endpoint, spoolDir)),
  );
  await until(() => collector.arrived.size === 63);
  await Promise.all(
    children.map((child) => {
      child.send('stop');
      return once(child, 'exit');
    }),
  );
  t.true(arrivedOnce(collector));
  t.deepEqual(files(), []);
});

test('what a process was sending when it was killed is sent by another at once', async (t) => {
  const { collector, spoolDir, createReporter, files, leave } = await start(t);
  await leave(batch('old'));
  // The child's own batch gets through; then it hangs with the file in its hands.
  collector.behave = (request, response) => {
    collector.behave = hang;
    accept(request, response, collector);
  };
  const child = await startChild(t, 'serve', collector.endpoint, spoolDir);
  await until(() => collector.hanging.size === 1);
  t.regex(files()[0] ?? '', /\.sending$/);
  child.kill('SIGKILL');
  await once(child, 'exit');

  collector.behave = accept;
  const next = createReporter();
  next.send(batch('new'));
  await until(() => collector.arrived.has('old') && reporterIsIdle(next));
  t.deepEqual(files(), []);
});

test('a process that is alone with an old spool sends it after its own first batch, and looks again every half minute', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter, files, leave } = await start(t);
  const reporter = createReporter({ clock });
  reporter.send(batch('first'));
  await lookInVain(reporter, clock);
  await leave(batch('left behind'));
  clock.advance(30_000);
  await until(() => files().length === 0 && reporterIsIdle(reporter));
  t.true(collector.arrived.has('left'));
});

test('files that the collector refuses are dropped and counted', async (t) => {
  const { collector, createReporter, files, leave } = await start(t);
  await leave(batch('refused', { spans: 8 }));
  collector.behave = answer(400);
  const reporter = createReporter();
  reporter.send(batch('own', { spans: 1 }));
  await until(() => files().length === 0 && reporterIsIdle(reporter));
  t.like(reporter.stats(), { recovered: 8, dropped: 9, droppedBy: { rejected: 9 } });
});

test('a file that the collector breaks down over does not hold up the others, and is given up', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter, files, leave } = await start(t);
  await leave(batch('poison', { bytes: 666, spans: 3 }), ...ids(5).map((id) => batch(id)));
  collector.behave = (request, response) => {
    if (request.headers['content-length'] === '666') answer(500)(request, response, collector);
    else accept(request, response, collector);
  };
  const reporter = createReporter({ clock });
  reporter.send(batch('new'));
  await passTimeUntil(() => files().length === 1, { clock, reporter, collector });
  for (let id = 0; reporter.stats().dropped === 0 && id < 1_000; id += 1) {
    const { failed } = reporter.stats().requests;
    reporter.send(batch(`more-${id}`));
    const tried = () => reporter.stats().requests.failed > failed;
    await passTimeUntil(tried, { clock, reporter, collector });
  }
  t.like(reporter.stats(), { droppedBy: { rejected: 3 } });
  t.deepEqual(files(), []);
});

test('spooled in time by a process that goes on, a batch is sent all the same, and at once', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter, files } = await start(t);
  const reporter = createReporter({ clock });
  reporter.send(batch('first', { spans: 1 }));
  await lookInVain(reporter, clock);
  collector.behave = hang;
  for (const id of ids(3)) reporter.send(batch(id, { spans: 2 }));
  await until(() => collector.hanging.size === 2);
  reporter.saveNow();
  t.like(reporter.stats(), { spooled: 6, queued: { spans: 0, bytes: 0 } });
  collector.behave = accept;
  await until(() => files().length === 0 && reporterIsIdle(reporter));
  t.like(reporter.stats(), { given: 7, sent: 7, spooled: 0, recovered: 0, dropped: 0 });
  t.true(arrivedOnce(collector));
});

test('what went over to the spool comes back as soon as memory is empty', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter, files } = await start(t);
  const reporter = createReporter({ clock, maxQueueBytes: 40_000 });
  reporter.send(batch('first'));
  await lookInVain(reporter, clock);
  collector.behave = hang;
  for (const id of ids(30)) reporter.send(batch(id, { bytes: 1_000 }));
  await until(() => reporter.stats().queued.bytes <= 20_000 && collector.hanging.size === 2);
  t.true(files().length >= 10);
  collector.behave = accept;
  for (const response of collector.hanging) response.writeHead(202).end();
  const backAt = clock.now();
  await until(() => {
    clock.advance(1); // for the bounded rate
    return files().length === 0 && reporterIsIdle(reporter);
  });
  t.true(clock.now() - backAt < 30_000, 'it waited for the next look');
  t.like(reporter.stats(), { sent: 31, dropped: 0, spooled: 0 });
});

test('what a bounded number of spans cannot hold goes to the spool', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter } = await start(t);
  const reporter = createReporter({ clock, maxQueueSpans: 100 });
  await collector.close();
  for (const id of ids(20)) {
    reporter.send(batch(id, { spans: 40 }));
    await until(() => reporter.stats().queued.spans <= 100);
  }
  t.like(reporter.stats(), { given: 800, dropped: 0 });
  t.true(reporter.stats().spooled >= 600);
  await collector.open();
  await passTimeUntil(() => reporter.stats().sent === 800, { clock, reporter, collector });
});

test('what is on its way to the spool when a close runs out of time is not written twice', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter, files } = await start(t);
  collector.behave = hang;
  const { promise: written, resolve: write } = Promise.withResolvers<void>();
  const paths: string[] = [];
  const reporter = createReporter({
    clock,
    maxQueueBytes: 10_000,
    disk: {
      ...systemDisk,
      async write(path, parts) {
        paths.push(path);
        await written;
        await systemDisk.write(path, parts);
      },
      writeNow(path, parts) {
        paths.push(path);
        systemDisk.writeNow(path, parts);
      },
    },
  });
  for (const id of ids(7)) reporter.send(batch(id, { bytes: 1_000 }));
  await until(() => paths.length === 1);
  const closing = reporter.close({ deadlineMs: 1_000 });
  clock.advance(1_000);
  for (let turn = 0; turn < 10; turn += 1) await nextTurn(); // time to do without it
  write();
  await until(() => files().some((file) => file.endsWith('.batch')));
  t.deepEqual(await passTimeFor(closing, clock), { sent: 0, dropped: 0, spooled: 7 });
  t.is(paths.length, 7);
  t.is(files().length, 7);
});

test('what is written in a hurry is brought to the disk as far as time allows', async (t) => {
  const { collector, createReporter } = await start(t);
  collector.behave = hang;
  const synced: string[] = [];
  const disk = {
    ...systemDisk,
    syncNow(path: string) {
      synced.push(path);
      systemDisk.syncNow(path);
    },
  };
  const reporter = createReporter({ clock: new ManualClock(), disk });
  for (const id of ids(5)) reporter.send(batch(id));
  reporter.saveNow();
  t.is(new Set(synced).size, 5);
});

test('without a spool there is nothing to do in a hurry', async (t) => {
  const { collector, createReporter } = await start(t);
  collector.behave = hang;
  const reporter = createReporter({ spoolDir: undefined });
  reporter.send(batch(1));
  reporter.saveNow();
  t.like(reporter.stats(), { queued: { spans: 1 }, spooled: 0 });
});

/** A batch of four spans from the spool is being sent to a collector that took the one before it, and hangs. */
async function startWithClaimUnderWay(t: ExecutionContext) {
  const started = await start(t);
  const { collector, createReporter, leave } = started;
  await leave(batch('old', { spans: 4 }));
  collector.behave = (request, response) => {
    collector.behave = hang;
    accept(request, response, collector);
  };
  const reporter = createReporter();
  reporter.send(batch('new'));
  await until(() => collector.hanging.size === 1);
  return { ...started, reporter };
}

test('a claim that is being sent at the deadline of a close lies ready for others', async (t) => {
  const { reporter, files } = await startWithClaimUnderWay(t);
  t.like(reporter.stats(), { recovered: 4, queued: { spans: 4 } });
  t.deepEqual(await reporter.close({ deadlineMs: 100 }), { sent: 1, dropped: 0, spooled: 0 });
  t.like(reporter.stats(), { recovered: 0, queued: { spans: 0 } });
  t.regex(files()[0] ?? '', /\.batch$/);
});

test('what is being sent while the folder is taken away is in memory, and sent again', async (t) => {
  const { reporter, collector, spoolDir } = await startWithClaimUnderWay(t);
  rmSync(spoolDir, { recursive: true });
  collector.behave = accept;
  for (const response of collector.hanging) response.destroy();
  await until(() => reporter.stats().sent === 5);
  t.deepEqual([...collector.arrived.keys()].sort(), ['new', 'old']);
  t.like(reporter.stats(), { recovered: 4, spooled: 0, queued: { spans: 0 } });
});

test('what was being sent as the folder was taken away is written anew at the deadline of a close', async (t) => {
  const { reporter, spoolDir, files } = await startWithClaimUnderWay(t);
  rmSync(spoolDir, { recursive: true });
  t.deepEqual(await reporter.close({ deadlineMs: 0 }), { sent: 1, dropped: 0, spooled: 4 });
  t.is(files().length, 1);
});

test('a spool that cannot be written costs drops, counted and logged, and no more', async (t) => {
  const lines: string[] = [];
  const logger = { debug: () => {}, warn: (_: object, message: string) => lines.push(message) };
  const { collector, createReporter, spoolDir } = await start(t);
  writeFileSync(spoolDir, 'a file where the folder should be');
  collector.behave = hang;
  const reporter = createReporter({ logger, clock: new ManualClock(), maxQueueBytes: 20_000 });
  for (const id of ids(40)) {
    reporter.send(batch(id, { bytes: 1_000 }));
    await nextTurn();
  }
  const { droppedBy, queued } = reporter.stats();
  t.is(droppedBy.queue_full + queued.spans, 40);
  t.deepEqual(await reporter.close({ deadlineMs: 0 }), { sent: 0, dropped: 40, spooled: 0 });
  t.is(reporter.stats().droppedBy.spool_failed, queued.spans);
  t.is(lines.filter((line) => line === 'spool does not work').length, 1);
});

test('what a full spool has no room for is dropped and counted, the oldest of it', async (t) => {
  const { collector, createReporter } = await start(t);
  collector.behave = hang;
  const first = createReporter({ clock: new ManualClock(), maxSpoolBytes: 5_000 });
  for (const id of ids(10)) first.send(batch(id, { bytes: 1_000 }));
  const { spooled, dropped } = await first.close({ deadlineMs: 0 });
  t.is(spooled, 4);
  t.is(dropped, 6);
  t.is(first.stats().droppedBy.spool_full, 6);
  collector.behave = accept;
  const second = createReporter();
  second.send(batch('new'));
  await until(() => reporterIsIdle(second) && collector.arrived.size === 5);
  t.deepEqual([...collector.arrived.keys()].sort(), ['6', '7', '8', '9', 'new']);
});

test('a slow disk is given its time before the deadline, and a hopeless one no more than that', async (t) => {
  const clock = new ManualClock();
  const { collector, createReporter } = await start(t);
  collector.behave = hang;
  const reporter = createReporter({
    clock,
    disk: {
      ...systemDisk,
      writeNow(path, parts) {
        clock.advance(200);
        systemDisk.writeNow(path, parts);
      },
    },
  });
  for (const id of ids(10)) reporter.send(batch(id, { bytes: 1_000_000 }));
  const closing = reporter.close({ deadlineMs: 1_000 });
  clock.advance(500); // what is kept for the disk is half of the deadline, at most
  const { spooled, dropped } = await closing;
  t.deepEqual({ spooled, dropped }, { spooled: 3, dropped: 7 });
  t.is(reporter.stats().droppedBy.deadline, 7);
});

/** Waits until a reporter has found nothing in the spool, and will look again in half a minute. */
async function lookInVain(reporter: Reporter, clock: ManualClock): Promise<void> {
  await until(() => {
    clock.advance(1); // for the bounded rate
    return reporterIsIdle(reporter) && clock.timers === 1 && (clock.nextInMs ?? 0) > 20_000;
  });
}

function reporterIsIdle(reporter: Reporter): boolean {
  const { queued, requests } = reporter.stats();
  return queued.spans === 0 && requests.open === 0;
}
