import test from 'ava';
import { createRandomId } from '#shared/tracing/tracer/ids.ts';

test('ids are 16 hex digits, and no two are the same', (t) => {
  const randomId = createRandomId();
  const ids = Array.from({ length: 10_000 }, randomId);
  t.is(new Set(ids).size, ids.length);
  t.true(ids.every((id) => /^[0-9a-f]{16}$/.test(id)));
});

test('zeros are no id', (t) => {
  let calls = 0;
  const randomId = createRandomId((bytes) => bytes.fill(calls++ === 0 ? 0 : 7));
  t.is(randomId(), '0707070707070707');
});
