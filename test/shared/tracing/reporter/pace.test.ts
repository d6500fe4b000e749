import test from 'ava';
import { Pace } from '#shared/tracing/reporter/pace.ts';

test('after so many bytes it asks for the time that they take', (t) => {
  const pace = new Pace(1_000);
  t.is(pace.waitMs(0), 0);
  pace.spend(500, 0);
  t.is(pace.waitMs(0), 500);
  t.is(pace.waitMs(400), 100);
  t.is(pace.waitMs(500), 0);
});

test('what is sent in spite of it is waited for as well', (t) => {
  const pace = new Pace(1_000);
  pace.spend(500, 0);
  pace.spend(500, 100);
  t.is(pace.waitMs(100), 900);
});

test('time that passed idle is not saved up', (t) => {
  const pace = new Pace(1_000);
  pace.spend(500, 0);
  pace.spend(500, 60_000);
  t.is(pace.waitMs(60_000), 500);
});

test('a clock that is set back by an hour prolongs no wait', (t) => {
  const pace = new Pace(1_000);
  pace.spend(500, 3_600_000);
  t.is(pace.waitMs(0), 500);
});
