import test from 'ava';
import { DeadlineExceededError } from '../../gateway/request-errors.ts';
import { createRequestMesh } from '../../gateway/request-mesh.ts';

/** A mesh that remembers the options of its calls, at a time that the test moves. */
function createTestMesh(userId?: string) {
  const calls: unknown[] = [];
  let time = 1000;
  const mesh = {
    call: async (...args: unknown[]) => calls.push(args[2]),
  };
  const options = { deadlineMs: 500, userId, now: () => time };
  return { mesh: createRequestMesh(mesh, options), calls, pass: (ms: number) => (time += ms) };
}

test('each call may take what is left of the time', async (t) => {
  const { mesh, calls, pass } = createTestMesh();
  await mesh.call('a', {});
  pass(300.4);
  await mesh.call('a', {});
  t.deepEqual(calls, [
    { timeout: 500, meta: {} },
    { timeout: 199, meta: {} },
  ]);
  pass(199);
  await t.throwsAsync(mesh.call('a', {}), { instanceOf: DeadlineExceededError });
  t.is(calls.length, 2);
});

test('the user is in the meta of each call, which is an object of its own', async (t) => {
  const { mesh, calls } = createTestMesh('ada');
  await mesh.call('a', {});
  await mesh.call('b', {});
  const [one, two] = calls as [{ meta: object }, { meta: object }];
  t.deepEqual([one.meta, two.meta], [{ userId: 'ada' }, { userId: 'ada' }]);
  t.not(one.meta, two.meta);
});
