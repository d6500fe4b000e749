import { Readable } from 'node:stream';
import test from 'ava';
import { toNdjson } from '../../gateway/ndjson.ts';
import { until } from '../helpers/until.ts';

test('a stream whose first line has come may go on for as long as it likes', async (t) => {
  const items = new Readable({ objectMode: true, read() {} });
  const deadline = new AbortController();
  items.push({ at: 1 });
  const lines = await toNdjson(items, deadline.signal);
  deadline.abort(new Error('the time is over'));
  items.push({ at: 2 });
  items.push(null);
  t.is((await lines.toArray()).join(''), '{"at":1}\n{"at":2}\n');
});

test('a stream without a first line is destroyed when its time is over', async (t) => {
  for (const isOver of [true, false]) {
    const items = new Readable({ objectMode: true, read() {} });
    const deadline = new AbortController();
    const reason = new Error('the time is over');
    if (isOver) deadline.abort(reason);
    const waiting = toNdjson(items, deadline.signal);
    deadline.abort(reason);
    t.is(await t.throwsAsync(waiting), reason);
    await until(() => items.closed);
  }
});

test('a stream of nothing is no line', async (t) => {
  const lines = await toNdjson(Readable.from([]), new AbortController().signal);
  t.deepEqual(await lines.toArray(), []);
});
