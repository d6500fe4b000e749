import test from 'ava';
import { containFailures, DropLog } from '#shared/tracing/reporter/drop-log.ts';
import { ManualClock } from './manual-clock.ts';

function createLog() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  return { clock, lines, log: new DropLog({ debug: write, warn: write }, clock) };
}

test('the first loss is logged at once, the rest of the minute at its end', (t) => {
  const { clock, lines, log } = createLog();
  log.note('queue_full', 5);
  for (let second = 0; second < 59; second += 1) {
    log.note('queue_full', 10);
    clock.advance(1_000);
  }
  t.deepEqual(lines, ['spans dropped {"reason":"queue_full","spans":5}']);
  clock.advance(1_000);
  t.deepEqual(lines.slice(1), ['spans dropped {"reason":"queue_full","spans":590}']);
});

test('a loss that has ended is told of no more, and the next one at once', (t) => {
  const { clock, lines, log } = createLog();
  log.note('queue_full', 5);
  clock.advance(60_000);
  t.is(clock.timers, 0);
  log.note('queue_full', 6);
  t.deepEqual(lines.slice(1), ['spans dropped {"reason":"queue_full","spans":6}']);
});

test('steady loss is a line a minute', (t) => {
  const { clock, lines, log } = createLog();
  for (let step = 0; step < 10 * 60 * 10; step += 1) {
    log.note('queue_full', 1);
    clock.advance(100);
  }
  t.is(lines.length, 1 + 10);
});

test('each reason has its own line, with the latest detail', (t) => {
  const { lines, log } = createLog();
  log.note('queue_full', 1);
  log.note('rejected', 2, 'answered 401');
  t.deepEqual(lines, [
    'spans dropped {"reason":"queue_full","spans":1}',
    'spans dropped {"reason":"rejected","spans":2,"detail":"answered 401"}',
  ]);
});

test('a flush says what no line has said, and nothing twice', (t) => {
  const { lines, log } = createLog();
  log.note('queue_full', 1);
  log.note('queue_full', 7);
  log.flush();
  log.flush();
  t.deepEqual(lines.slice(1), ['spans dropped {"reason":"queue_full","spans":7}']);
});

test('a clock that is set back does not silence it', (t) => {
  const { clock, lines, log } = createLog();
  log.note('queue_full', 1);
  clock.set(clock.now() - 3_600_000);
  log.note('queue_full', 1);
  clock.advance(60_000);
  t.is(lines.length, 2);
});

test('a logger that throws, and none at all, are borne', (t) => {
  const broken = () => {
    throw new Error('disk full');
  };
  t.notThrows(() => containFailures({ debug: broken, warn: broken }).warn({}, 'lost'));
  t.notThrows(() => containFailures(undefined).debug({}, 'lost'));
});
