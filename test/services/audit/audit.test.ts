import test from 'ava';
import { createAudit } from '../../../services/audit/audit.ts';

test('the latest events come first, with the time at which they were heard', (t) => {
  let second = 0;
  const audit = createAudit({ now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)) });
  audit.record({ event: 'a', payload: { n: 1 } });
  audit.record({ event: 'b', payload: { n: 2 }, traceId: 'f00' });
  t.deepEqual(audit.list({}).items, [
    { event: 'b', heardAt: '2026-01-01T00:00:01.000Z', payload: { n: 2 }, traceId: 'f00' },
    { event: 'a', heardAt: '2026-01-01T00:00:00.000Z', payload: { n: 1 } },
  ]);
});

test('as many as are wanted, of the event that is wanted', (t) => {
  const audit = createAudit();
  for (const n of Array(200).keys()) audit.record({ event: n % 2 === 0 ? 'even' : 'odd', payload: n });
  t.is(audit.list({}).items.length, 100);
  t.is(audit.list({ limit: 1000 }).items.length, 200);
  t.deepEqual(
    audit.list({ event: 'odd', limit: 2 }).items.map(({ payload }) => payload),
    [199, 197],
  );
  t.deepEqual(audit.list({ event: 'none' }).items, []);
});

test('the last 1,000 are kept and no more', (t) => {
  const audit = createAudit();
  for (const n of Array(2500).keys()) audit.record({ event: 'e', payload: n });
  const { items } = audit.list({ limit: 1000 });
  t.is(items.length, 1000);
  t.is(items.at(0)?.payload, 2499);
  t.is(items.at(-1)?.payload, 1500);
});
