import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Clock } from '#shared/tracing/tracer/clock.ts';

/** A wall clock that counts milliseconds and a monotonic one of another origin; each reading takes a tenth of a microsecond. */
function createTestTime({ startMs = 1_000_000.25, originMs = 77_777.125, readingMs = 0.0001 } = {}) {
  let nowMs = startMs;
  let wallOffsetMs = 0;
  let monotonicOffsetMs = -originMs;
  const pauses: number[] = [];
  const pausesAtTicks: number[] = [];
  const passed = <T>(read: () => T): T => {
    const value = read();
    const before = nowMs;
    nowMs += readingMs + (pauses.shift() ?? 0);
    if (Math.floor(nowMs) > Math.floor(before)) nowMs += pausesAtTicks.shift() ?? 0;
    return value;
  };
  return {
    sources: {
      wallMs: () => passed(() => Math.floor(nowMs + wallOffsetMs)),
      monotonicMs: () => passed(() => nowMs + monotonicOffsetMs),
    },
    get wallMs() {
      return nowMs + wallOffsetMs;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** The processor is taken away for so long after each of the next readings. */
    pause: (...ms: number[]) => pauses.push(...ms),
    /** The same, but as the wall clock ticks. */
    pauseAtTicks: (...ms: number[]) => pausesAtTicks.push(...ms),
    setWallClock: (byMs: number) => {
      wallOffsetMs += byMs;
    },
    drift: (byMs: number) => {
      monotonicOffsetMs += byMs;
    },
  };
}

/** How far a clock that was made at this time is from the truth, in milliseconds. */
function errorOf(clock: Clock, time: ReturnType<typeof createTestTime>): number {
  const timeline = clock.timeline();
  const truth = time.wallMs;
  return timeline.now() - truth;
}

test('the clock knows fractions of the milliseconds that the wall clock counts', (t) => {
  const time = createTestTime();
  const clock = new Clock(time.sources);
  for (let i = 0; i < 1000; i++) {
    time.pass(0.317);
    const error = errorOf(clock, time);
    t.true(Math.abs(error) < 0.001, `${error} ms`);
  }
});

test('a tick at which the processor was taken away is not the measure', (t) => {
  const time = createTestTime();
  time.pauseAtTicks(7.5);
  const clock = new Clock(time.sources);
  const error = errorOf(clock, time);
  t.true(Math.abs(error) < 0.001, `${error} ms`);
});

test('where it is taken away at every tick, the shortest time is', (t) => {
  const time = createTestTime();
  time.pauseAtTicks(7.5, 3.2, 0.2, 4.1, 6.3, 9.9, 9.9, 9.9);
  const clock = new Clock(time.sources);
  const error = errorOf(clock, time);
  t.true(Math.abs(error) < 0.11, `${error} ms`);
});

test('a pause between the two readings does not move the clock', (t) => {
  const time = createTestTime();
  const clock = new Clock(time.sources);
  clock.timeline();
  for (let i = 0; i < 50; i++) {
    time.pass(3.3);
    time.pause(5.2);
    clock.timeline();
    const error = errorOf(clock, time);
    t.true(Math.abs(error) < 0.001, `${error} ms`);
  }
});

test('a monotonic clock that is too slow or too fast is corrected within the millisecond', (t) => {
  for (const driftMs of [-0.02, 0.02]) {
    const time = createTestTime();
    const clock = new Clock(time.sources);
    let worst = 0;
    for (let i = 0; i < 5000; i++) {
      time.pass(0.317);
      time.drift(driftMs);
      worst = Math.max(worst, Math.abs(errorOf(clock, time)));
    }
    t.true(worst < 1.1, `${worst} ms with a drift of ${driftMs} ms per reading`);
  }
});

test('a wall clock that was set is followed, forwards and back', (t) => {
  const time = createTestTime();
  const clock = new Clock(time.sources);
  clock.timeline();
  for (const byMs of [5000, -7000, 3_600_000, -0.7, 40, -40]) {
    time.pass(2);
    time.setWallClock(byMs);
    clock.timeline();
    const error = errorOf(clock, time);
    t.true(Math.abs(error) <= 1.001, `${error} ms after ${byMs} ms`);
  }
});

test('a timeline knows no steps: what began on it goes on as it began', (t) => {
  const time = createTestTime();
  const clock = new Clock(time.sources);
  const timeline = clock.timeline();
  let before = timeline.now();
  for (const byMs of [5000, -7000, -60_000, 0.5, -0.5]) {
    time.setWallClock(byMs);
    clock.timeline();
    time.pass(1.5);
    const now = timeline.now();
    t.true(now > before && now - before < 1.6, `${now - before} ms after ${byMs} ms`);
    before = now;
  }
});

test('clocks that stand still hang nobody', (t) => {
  const frozen = new Clock({ wallMs: () => 5000, monotonicMs: () => 10 });
  t.is(frozen.timeline().now(), 5000);

  let monotonicMs = 0;
  const frozenWall = new Clock({ wallMs: () => 5000, monotonicMs: () => (monotonicMs += 0.01) });
  for (let i = 0; i < 1000; i++) {
    const now = frozenWall.timeline().now();
    t.true(now >= 5000 && now < 5001.1, `${now}`);
  }
});

test('the first reading asks for the time only then', (t) => {
  let readings = 0;
  const clock = new Clock({ wallMs: () => ++readings, monotonicMs: () => ++readings });
  t.is(readings, 0);
  clock.timeline();
  t.true(readings > 0);
});

test("the machine's own clocks agree with each other", (t) => {
  const doubtMs = 0.1; // of the tick by which the one was held against the other
  const clock = new Clock();
  for (let i = 0; i < 1000; i++) {
    const before = Date.now();
    const now = clock.timeline().now();
    const after = Date.now();
    t.true(now >= before - doubtMs && now <= after + 1 + doubtMs, `${before} <= ${now} <= ${after + 1}`);
  }
});

test('the processes of a host agree within a fraction of a millisecond', async (t) => {
  const clock = new Clock();
  clock.timeline();
  const children = await Promise.all([startChild(t), startChild(t), startChild(t)]);
  for (const child of children) {
    // Its clock is ahead by at least what it shows beyond our time after the answer, at most beyond that before.
    let atLeast = Number.NEGATIVE_INFINITY;
    let atMost = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 200; i++) {
      const before = clock.timeline().now();
      child.send('?');
      const [theirs] = (await once(child, 'message')) as [number];
      const after = clock.timeline().now();
      atLeast = Math.max(atLeast, theirs - after);
      atMost = Math.min(atMost, theirs - before);
    }
    t.true(atLeast < 0.2 && atMost > -0.2, `between ${atLeast} and ${atMost} ms ahead`);
  }
});

async function startChild(t: ExecutionContext): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'clock-child.ts'));
  t.teardown(() => child.kill());
  await once(child, 'message');
  return child;
}
