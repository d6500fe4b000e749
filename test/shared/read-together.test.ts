import test from 'ava';
import { readTogether } from '#shared/read-together.ts';

const fail = (message: string) => () => {
  throw new Error(message);
};

test('answers what all answer', (t) => {
  t.deepEqual(
    readTogether(
      () => 1,
      () => 'two',
    ),
    [1, 'two'],
  );
});

test('one error holds the messages of all that throw', (t) => {
  t.throws(() => readTogether(fail('one'), () => 2, fail('three')), {
    code: 'SETTINGS_INVALID',
    message: 'one\nthree',
  });
});
