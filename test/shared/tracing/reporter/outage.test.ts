/** A minute without a collector, in each way in which one can be away; then it is well. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { createHttpReporter } from '#shared/tracing/reporter/reporter.ts';
import {
  accept,
  answer,
  type Behaviour,
  batch,
  type Collector,
  garble,
  hang,
  hangAfterHead,
  ids,
  loseAnswer,
  reset,
  startCollector,
} from './collector.ts';
import { ManualClock } from './manual-clock.ts';
import { passTimeUntil } from './pass-time.ts';

/** Takes each batch, but answers only after twenty seconds, when nobody waits any more. */
const slow: Behaviour = (request, response, collector) => {
  collector.read(request, () => collector.hanging.add(response));
};

/** Is well every third time. */
function flicker(): Behaviour {
  const turns = [answer(500), reset, accept];
  let turn = 0;
  return (request, response, collector) => turns[turn++ % 3]?.(request, response, collector);
}

const BATCHES = 120;
const SPANS = 500;

const outages: [title: string, behaviour: Behaviour | 'refuse'][] = [
  ['refuses', 'refuse'],
  ['resets in mid-request', reset],
  ['takes the batch and resets', loseAnswer],
  ['hangs', hang],
  ['hangs after the head of its answer', hangAfterHead],
  ['answers 500', answer(500)],
  ['answers 503 with Retry-After', answer(503, { 'retry-after': '5' })],
  ['answers too late', slow],
  ['answers garbage', garble],
  ['answers every third time', flicker()],
];

for (const [title, behaviour] of outages)
  test(`a collector that ${title} for 60 s at 1,000 spans/s, then is well: all arrive`, async (t) => {
    const clock = new ManualClock();
    const collector = await startCollector(t);
    const { endpoint } = collector;
    const reporter = createHttpReporter({ endpoint, contentType: 'application/x-thrift', clock });
    if (behaviour === 'refuse') await collector.close();
    else collector.behave = behaviour;

    for (const id of ids(BATCHES)) {
      reporter.send(batch(id, { spans: SPANS, bytes: 10_000 }));
      clock.advance(500);
      await nextTurn();
    }
    await makeWell(collector);
    await passTimeUntil(() => reporter.stats().queued.spans === 0, { clock, reporter, collector });

    t.like(reporter.stats(), { given: BATCHES * SPANS, sent: BATCHES * SPANS, dropped: 0, collector: 'up' });
    t.is(collector.arrived.size, BATCHES);
    t.true(collector.mostOpen <= 2, `${collector.mostOpen} requests open`);
    t.deepEqual(await reporter.close({ deadlineMs: 1_000 }), {
      sent: BATCHES * SPANS,
      dropped: 0,
      spooled: 0,
    });
    t.is(clock.timers, 0);
  });

test('without any collector for an hour memory stays within its bound, and a line a minute says what is lost', async (t) => {
  const clock = new ManualClock();
  const collector = await startCollector(t);
  await collector.close();
  let lines = 0;
  const reporter = createHttpReporter({
    endpoint: collector.endpoint,
    contentType: 'application/x-thrift',
    clock,
    maxQueueBytes: 1_000_000,
    logger: { debug: () => {}, warn: () => (lines += 1) },
  });
  for (let second = 0; second < 3_600; second += 1) {
    reporter.send(batch(second, { spans: 1_000, bytes: 10_000 }));
    t.true(reporter.stats().queued.bytes <= 1_000_000);
    clock.advance(1_000);
    if (second % 10 === 0) await nextTurn();
  }
  const { dropped, queued } = reporter.stats();
  t.is(dropped + queued.spans, 3_600_000);
  t.true(lines >= 58 && lines <= 60, `${lines} lines`);
  await reporter.close({ deadlineMs: 0 });
});

async function makeWell(collector: Collector): Promise<void> {
  collector.behave = accept;
  await collector.close();
  await collector.open();
}
