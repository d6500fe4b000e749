/** Whoever owns what all tests of one file share. */
import test from 'ava';
import type { Owner } from './processes.ts';

/** Closes what it owns, the latest first, when the tests of this file have ended. */
export function createFileOwner(): Owner {
  const closers: (() => unknown)[] = [];
  test.after.always(async () => {
    for (const close of closers.reverse()) await close();
  });
  return { teardown: (close) => void closers.push(close) };
}
