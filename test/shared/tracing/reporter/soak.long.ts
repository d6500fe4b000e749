/** Ten minutes of a collector that cannot make up its mind, and ten without any: nothing grows, nothing is unaccounted for. */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { createHttpReporter, type Reporter } from '#shared/tracing/reporter/reporter.ts';
import { collectGarbage } from '../../../helpers/garbage.ts';
import { until } from '../../../helpers/until.ts';
import {
  accept,
  answer,
  batch,
  garble,
  hang,
  hangAfterHead,
  loseAnswer,
  reset,
  startCollector,
} from './collector.ts';

const MINUTES = 10;
const MIB = 1024 * 1024;

/** Memory of this thread that is in use, in MiB. */
function measureMemory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MIB;
}

/** Hands over ten batches a second for `minutes`, and measures memory at the end of each. */
async function load(
  reporter: Reporter,
  minutes: number,
  bytes: number,
): Promise<{ given: number; used: number[] }> {
  const used: number[] = [];
  let given = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    for (let tenth = 0; tenth < 600; tenth += 1) {
      reporter.send(batch(given, { spans: 100, bytes }));
      given += 1;
      await delay(100);
    }
    used.push(measureMemory());
  }
  return { given, used };
}

test.serial('a fickle collector: no growth of memory, sockets or timers, and all arrive', async (t) => {
  t.timeout((MINUTES + 3) * 60_000);
  const moods = [
    accept,
    reset,
    hang,
    answer(500),
    answer(429, { 'retry-after': '2' }),
    garble,
    hangAfterHead,
    loseAnswer,
  ];
  const collector = await startCollector(t);
  let mood = 0;
  const changes = setInterval(() => {
    mood += 1;
    collector.behave = mood % 2 === 0 ? accept : (moods[(mood >> 1) % moods.length] ?? accept);
  }, 3_000);
  t.teardown(() => clearInterval(changes));
  const reporter = createHttpReporter({ endpoint: collector.endpoint, contentType: 'application/x-thrift' });

  const { given, used } = await load(reporter, MINUTES, 40_000);
  t.log(`MiB after each minute: ${used.map((mib) => mib.toFixed(1)).join(' ')}`);
  clearInterval(changes);
  collector.behave = accept;
  await until(() => reporter.stats().queued.spans === 0, { deadlineMs: 60_000 });
  t.like(reporter.stats(), { sent: given * 100, dropped: 0 });
  t.is(collector.arrived.size, given);
  t.true(collector.mostOpen <= 2);
  // What waits differs from minute to minute; the second half must not stand above the first.
  t.true(Math.min(...used.slice(MINUTES / 2)) < Math.max(...used.slice(0, MINUTES / 2)) + 5);
  await reporter.close({ deadlineMs: 1_000 });
  await until(() => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length === 0);
});

test.serial(
  'no collector at all: memory is flat once it is full, drops are counted, a line a minute',
  async (t) => {
    t.timeout((MINUTES + 3) * 60_000);
    const collector = await startCollector(t);
    await collector.close();
    const lines: object[] = [];
    const reporter = createHttpReporter({
      endpoint: collector.endpoint,
      contentType: 'application/x-thrift',
      logger: { debug: () => {}, warn: (fields) => lines.push(fields) },
    });
    const { given, used } = await load(reporter, MINUTES, 500_000); // full after a quarter of a minute
    t.log(`MiB after each minute: ${used.map((mib) => mib.toFixed(1)).join(' ')}`);
    const { dropped, queued } = reporter.stats();
    t.is(dropped + queued.spans, given * 100);
    t.true(queued.bytes <= 64 * MIB);
    const settled = used.slice(MINUTES / 2);
    t.true(Math.max(...settled) - Math.min(...settled) < 5);
    t.true(lines.length >= MINUTES - 1 && lines.length <= MINUTES + 1, `${lines.length} lines`);
    await reporter.close({ deadlineMs: 0 });
  },
);
