import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reporter } from '#shared/tracing/reporter/reporter.ts';
import { until } from '../../../helpers/until.ts';
import type { Collector } from './collector.ts';
import type { ManualClock } from './manual-clock.ts';

/**
 * Moves the clock from timer to timer whenever a reporter waits for nothing but time, until `holds`; so hours of an
 * outage take milliseconds, while each request is a real one on a real socket.
 */
export async function passTimeUntil(
  holds: () => boolean,
  { clock, reporter, collector }: { clock: ManualClock; reporter: Reporter; collector: Collector },
): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never: ${holds} ${JSON.stringify(reporter.stats())}`);
    const waits = reporter.stats().requests.open === collector.hanging.size;
    if (waits && clock.nextInMs !== undefined) clock.advance(clock.nextInMs);
    await nextTurn();
  }
}

/** Moves the clock until a promise is settled, and gives what it gives. */
export async function passTimeFor<T>(promise: Promise<T>, clock: ManualClock): Promise<T> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  await until(() => {
    clock.advance(10);
    return isSettled;
  });
  return promise;
}
