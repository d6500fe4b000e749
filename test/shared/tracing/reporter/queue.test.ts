import test from 'ava';
import type { Payload } from '#shared/tracing/reporter/payload.ts';
import { PayloadQueue } from '#shared/tracing/reporter/queue.ts';

interface Entry {
  readonly name: string;
  readonly payload: Payload;
}

function entry(name: string, { bytes = 1_000, spans = 10 } = {}): Entry {
  return { name, payload: { bytes: new Uint8Array(bytes), spans } };
}

const names = (entries: Entry[]): string => entries.map(({ name }) => name).join(' ');

test('gives out the oldest first', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 1e6 });
  for (const name of ['a', 'b', 'c']) t.deepEqual(queue.push(entry(name)), []);
  t.is(names([queue.take(), queue.take(), queue.take()].filter((taken) => taken !== undefined)), 'a b c');
  t.is(queue.take(), undefined);
});

test('when its bytes are full, the oldest make room', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 4_000 });
  for (const name of ['a', 'b', 'c']) queue.push(entry(name));
  t.is(names(queue.push(entry('d'))), 'a');
  t.is(names(queue.push(entry('e', { bytes: 2_000 }))), 'b c');
  t.is(queue.bytes, 3_000);
  t.is(queue.spans, 20);
});

test('what is taken counts, but is never made to give room', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 4_000 });
  for (const name of ['a', 'b', 'c']) queue.push(entry(name));
  const a = queue.take();
  t.is(names(queue.push(entry('d'))), 'b');
  t.is(queue.spans, 30);
  t.true(a !== undefined && queue.remove(a));
  t.is(queue.spans, 20);
  t.deepEqual(queue.push(entry('e')), []);
});

test('an entry larger than the queue comes straight back, and costs the others nothing', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 4_000 });
  queue.push(entry('a'));
  t.is(names(queue.push(entry('giant', { bytes: 5_000 }))), 'giant');
  t.is(queue.waiting, 1);
});

test('an entry that what is taken leaves no room for comes straight back', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 4_000 });
  queue.push(entry('a', { bytes: 3_000 }));
  queue.take();
  t.is(names(queue.push(entry('b', { bytes: 2_000 }))), 'b');
});

test('a flood of empty payloads is bounded as well', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 256_000 });
  for (let index = 0; index < 10_000; index += 1) queue.push(entry(String(index), { bytes: 0, spans: 1 }));
  t.is(queue.waiting, 1_000);
});

test('where a number of spans is given, it bounds what waits', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 1e6, maxSpans: 25 });
  queue.push(entry('a'));
  queue.push(entry('b'));
  t.is(names(queue.push(entry('c'))), 'a');
  queue.take();
  t.deepEqual(queue.push(entry('d')), []);
});

test('one batch of more spans than the maximum is let in alone', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 1e6, maxSpans: 5 });
  t.deepEqual(queue.push(entry('a')), []);
  t.is(names(queue.push(entry('b'))), 'a');
});

test('what is put back waits behind all others', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 1e6 });
  queue.push(entry('a'));
  queue.push(entry('b'));
  const a = queue.take();
  if (a) queue.putBack(a);
  t.is(queue.take()?.name, 'b');
  t.is(queue.take()?.name, 'a');
});

test('what is removed twice counts once', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 1e6 });
  queue.push(entry('a'));
  const a = queue.take();
  if (a === undefined) return t.fail();
  t.true(queue.holds(a));
  t.true(queue.remove(a));
  t.false(queue.remove(a));
  t.false(queue.holds(a));
  queue.putBack(a);
  t.is(queue.size, 0);
  t.is(queue.spans, 0);
});

test('clearing gives all of it back and leaves nothing', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 1e6 });
  for (const name of ['a', 'b', 'c']) queue.push(entry(name));
  queue.take();
  queue.hold(entry('held'));
  t.is(names(queue.clear()), 'a held b c');
  t.is(queue.size + queue.spans + queue.bytes, 0);
});

test('it keeps order and count over a long life of random use', (t) => {
  const queue = new PayloadQueue<Entry>({ maxBytes: 1e9 });
  let pushed = 0;
  let taken = 0;
  let seed = 1;
  for (let step = 0; step < 20_000; step += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    if (seed % 2 === 0) queue.push(entry(String(pushed++)));
    else {
      const next = queue.take();
      if (next === undefined) continue;
      if (next.name !== String(taken)) return t.fail(`${next.name} came in place of ${taken}`);
      taken += 1;
      queue.remove(next);
    }
  }
  t.is(queue.waiting, pushed - taken);
  t.is(queue.spans, 10 * (pushed - taken));
});
