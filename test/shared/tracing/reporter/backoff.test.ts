import test from 'ava';
import { Backoff } from '#shared/tracing/reporter/backoff.ts';

const limits = { firstMs: 100, maxMs: 1_000 };

test('its ceiling doubles up to the maximum', (t) => {
  const ceilings: number[] = [];
  let backoff = new Backoff(limits);
  for (let attempt = 0; attempt < 6; attempt += 1, backoff = backoff.next()) ceilings.push(backoff.ceilingMs);
  t.deepEqual(ceilings, [100, 200, 400, 800, 1_000, 1_000]);
});

test('a wait is anything between 0 and the ceiling', (t) => {
  const backoff = new Backoff(limits).next();
  t.is(
    backoff.delayMs(() => 0),
    0,
  );
  t.is(
    backoff.delayMs(() => 0.5),
    100,
  );
  t.is(
    backoff.delayMs(() => 0.999),
    199,
  );
});

test('it stays at the maximum however often it is tried', (t) => {
  t.is(new Backoff(limits, 5_000).ceilingMs, 1_000);
});

test('the next one leaves it as it was', (t) => {
  const backoff = new Backoff(limits);
  backoff.next();
  t.is(backoff.ceilingMs, 100);
});
