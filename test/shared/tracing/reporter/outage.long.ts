/** A minute without a collector in real time, with default settings, in each way in which one can be away. */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { createHttpReporter } from '#shared/tracing/reporter/reporter.ts';
import { until } from '../../../helpers/until.ts';
import {
  accept,
  answer,
  type Behaviour,
  batch,
  garble,
  hang,
  hangAfterHead,
  ids,
  loseAnswer,
  reset,
  startCollector,
} from './collector.ts';

const OUTAGE_SECONDS = 60;
const SPANS_PER_SECOND = 1_000;
const BYTES_PER_SPAN = 400;

/** Answers after eight seconds: late, but not too late. */
const slow: Behaviour = (request, response, collector) => {
  collector.read(request, () => void delay(8_000).then(() => response.writeHead(202).end()));
};

const outages: [title: string, behaviour: Behaviour | 'refuse'][] = [
  ['refuses', 'refuse'],
  ['resets', reset],
  ['takes the batch and resets', loseAnswer],
  ['hangs', hang],
  ['hangs after the head of its answer', hangAfterHead],
  ['answers 500', answer(500)],
  ['answers 503 with Retry-After', answer(503, { 'retry-after': '10' })],
  ['answers slowly', slow],
  ['answers garbage', garble],
];

for (const [title, behaviour] of outages)
  test(`a collector that ${title} for a minute, then is well: all arrive`, async (t) => {
    t.timeout(5 * 60_000);
    const collector = await startCollector(t);
    const { endpoint } = collector;
    if (behaviour === 'refuse') await collector.close();
    else collector.behave = behaviour;
    const reporter = createHttpReporter({ endpoint, contentType: 'application/x-thrift' });
    for (const id of ids(OUTAGE_SECONDS)) {
      reporter.send(batch(id, { spans: SPANS_PER_SECOND, bytes: SPANS_PER_SECOND * BYTES_PER_SPAN }));
      await delay(1_000);
    }
    collector.behave = accept;
    if (behaviour === 'refuse') await collector.open();
    const well = performance.now();
    await until(() => reporter.stats().queued.spans === 0, { deadlineMs: 60_000 });
    t.log(`all arrived ${Math.round(performance.now() - well)} ms after the collector was well`);
    t.like(reporter.stats(), { sent: OUTAGE_SECONDS * SPANS_PER_SECOND, dropped: 0 });
    t.is(collector.arrived.size, OUTAGE_SECONDS);
    t.true(collector.mostOpen <= 2);
    t.like(await reporter.close({ deadlineMs: 1_000 }), { dropped: 0 });
  });
