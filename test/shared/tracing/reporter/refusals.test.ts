import test from 'ava';
import { Refusals } from '#shared/tracing/reporter/refusals.ts';

test('however often all fail, nothing speaks against the one', (t) => {
  const refusals = new Refusals();
  for (let failure = 0; failure < 10_000; failure += 1) t.false(refusals.note(7));
  t.is(refusals.failures, 10_000);
});

test('who fails again and again while others get through is given up', (t) => {
  const refusals = new Refusals();
  const verdicts = Array.from({ length: 17 }, (_, accepted) => refusals.note(accepted));
  t.deepEqual(verdicts, [...Array(16).fill(false), true]);
});
