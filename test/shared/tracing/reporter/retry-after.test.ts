import test from 'ava';
import { parseRetryAfter } from '#shared/tracing/reporter/retry-after.ts';

const nowMs = Date.UTC(2026, 9, 21, 7, 28, 0);
const cases: [value: string | undefined, expected: number | undefined, why: string][] = [
  [undefined, undefined, 'nothing is asked'],
  ['0', 0, 'no time'],
  ['30', 30_000, 'seconds'],
  ['99999999999999999999', 60_000, 'more than is granted'],
  ['Wed, 21 Oct 2026 07:28:20 GMT', 20_000, 'an HTTP date'],
  ['Wednesday, 21-Oct-26 07:28:20 GMT', 20_000, 'the obsolete form of RFC 850'],
  ['Wed, 21 Oct 2026 07:00:00 GMT', 0, 'a date that is past'],
  ['Wed, 21 Oct 2037 07:28:20 GMT', 60_000, 'a date too far away'],
  ['-5', undefined, 'negative'],
  ['1.5', undefined, 'not whole'],
  ['soon', undefined, 'no number and no date'],
  ['Wed, when I feel like it', undefined, 'no date but for its weekday'],
  ['', undefined, 'empty'],
];

for (const [value, expected, why] of cases)
  test(`Retry-After ${JSON.stringify(value)} asks for ${expected} ms: ${why}`, (t) => {
    t.is(parseRetryAfter(value, { nowMs, maxMs: 60_000 }), expected);
  });
