import { Readable } from 'node:stream';
import test from 'ava';
import Type from 'typebox';
import { fields } from '#shared/contracts/contract.ts';
import { InputIdleError, readInput } from '#shared/contracts/input.ts';

test('a reader may take its time with an item: that is no silence of the caller', async (t) => {
  const alive = setInterval(() => {}, 1000); // the wait for items does not keep a process
  t.teardown(() => clearInterval(alive));
  const read = readInput(fields({ n: Type.Integer() }), { idleMs: 10 });
  const items: unknown[] = [];
  for await (const item of read(Readable.from([{ n: 1 }, { n: 2 }]))) {
    items.push(item);
    // Another caller's silence takes as long as this one's would have been allowed to.
    const silent = new Readable({ objectMode: true, read() {} });
    await t.throwsAsync(Array.fromAsync(read(silent)), { instanceOf: InputIdleError });
  }
  t.deepEqual(items, [{ n: 1 }, { n: 2 }]);
});
