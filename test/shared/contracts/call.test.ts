import test from 'ava';
import type { CallingOptions } from 'moleculer';
import { call } from '#shared/contracts/call.ts';

test('hands name, parameters and options to the caller, and its answer back', async (t) => {
  const calls: unknown[][] = [];
  const caller = {
    call: async (...args: [string, unknown, CallingOptions?]) => {
      calls.push(args);
      return { greeting: 'Hello' };
    },
  };
  t.deepEqual(await call(caller, 'hello.greet', { name: 'Ada' }, { timeout: 10 }), { greeting: 'Hello' });
  t.deepEqual(calls, [['hello.greet', { name: 'Ada' }, { timeout: 10 }]]);
});
