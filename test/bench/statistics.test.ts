import test from 'ava';
import { areDistinguishable, medianOf, quartilesOf } from '../../bench/statistics.ts';

test('quartiles are interpolated between neighbours, whatever the order', (t) => {
  t.deepEqual(quartilesOf([4, 1, 3, 2]), { median: 2.5, q1: 1.75, q3: 3.25 });
  t.deepEqual(quartilesOf([7]), { median: 7, q1: 7, q3: 7 });
  t.deepEqual(quartilesOf([]), { median: Number.NaN, q1: Number.NaN, q3: Number.NaN });
});

test('an outlier does not move the median', (t) => {
  t.is(medianOf([1, 1.01, 0.99, 1, 40]), 1);
});

test('what overlaps the noise is not distinguishable from it', (t) => {
  const floor = { median: 1, q1: 0.98, q3: 1.02 };
  t.false(areDistinguishable({ median: 1.03, q1: 1.01, q3: 1.05 }, floor));
  t.true(areDistinguishable({ median: 1.05, q1: 1.03, q3: 1.07 }, floor));
  t.true(areDistinguishable({ median: 0.9, q1: 0.88, q3: 0.95 }, floor));
});
