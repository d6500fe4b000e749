import test from 'ava';
import { Errors } from 'moleculer';
import { createLoginLimit } from '../../gateway/login-limit.ts';
import { RateLimit } from '../../gateway/rate-limit.ts';
import { TooManyAttemptsError } from '../../gateway/request-errors.ts';

/** A limit at a time that the test moves. */
function createTestLimit(options: { burst: number; intervalMs: number; maxKeys?: number }) {
  let time = 0;
  const limit = new RateLimit({ ...options, now: () => time });
  return { limit, pass: (ms: number) => (time += ms) };
}

test('so many at once, then one after each interval', (t) => {
  const { limit, pass } = createTestLimit({ burst: 3, intervalMs: 100 });
  t.deepEqual(
    [1, 2, 3].map(() => limit.take('a')),
    [0, 0, 0],
  );
  t.is(limit.take('a'), 100);
  pass(40);
  t.is(limit.take('a'), 60);
  pass(60);
  t.is(limit.take('a'), 0);
  t.is(limit.take('a'), 100);
  pass(10_000);
  t.deepEqual(
    [1, 2, 3, 4].map(() => limit.take('a')),
    [0, 0, 0, 100],
  );
});

test('whatever the time is, the first are let in', (t) => {
  for (let at = 0; at < 1000; at++) {
    const limit = new RateLimit({ burst: 1, intervalMs: 60_000, now: () => at * 17.3 + at / 7 });
    t.is(limit.take('a'), 0, `at the ${at}th time`);
    t.true(limit.take('a') > 0);
  }
});

test('keys do not count for each other', (t) => {
  const { limit } = createTestLimit({ burst: 1, intervalMs: 100 });
  t.is(limit.take('a'), 0);
  t.is(limit.take('b'), 0);
  t.is(limit.take('a'), 100);
});

test('what is given back can be taken again', (t) => {
  const { limit } = createTestLimit({ burst: 1, intervalMs: 100 });
  for (let at = 0; at < 10; at++) {
    t.is(limit.take('a'), 0);
    limit.giveBack('a');
  }
  limit.giveBack('never taken');
  t.is(limit.size, 1);
});

test('however many keys come, only so many are remembered, those used last', (t) => {
  const { limit } = createTestLimit({ burst: 1, intervalMs: 100, maxKeys: 10 });
  for (let at = 0; at < 1000; at++) limit.take(`key ${at}`);
  t.is(limit.size, 10);
  t.is(limit.take('key 999'), 100);
  t.is(limit.take('key 0'), 0);
});

const wrong = () => Promise.reject(new Errors.MoleculerClientError('wrong', 401, 'WRONG_CREDENTIALS'));

test('failed attempts count for a client and an account, whoever else tries', async (t) => {
  const limited = createLoginLimit({
    account: { burst: 2, intervalMs: 60_000 },
    client: { burst: 5, intervalMs: 60_000 },
  });
  const ada = { clientAddress: '192.0.2.1', email: 'ada@example.org' };
  for (let at = 0; at < 10; at++) t.is(await limited(ada, async () => 'in'), 'in', 'successes cost nothing');
  for (let at = 0; at < 2; at++) await t.throwsAsync(limited(ada, wrong), { message: 'wrong' });
  const error = await t.throwsAsync(limited({ ...ada, email: 'ADA@example.org' }, wrong), {
    instanceOf: TooManyAttemptsError,
  });
  t.is(error?.retryAfterS, 60);
  t.is(
    await limited({ ...ada, clientAddress: '192.0.2.2' }, async () => 'in'),
    'in',
    'she comes in from elsewhere',
  );
  for (let at = 0; at < 3; at++)
    await t.throwsAsync(limited({ ...ada, email: `${at}` }, wrong), { message: 'wrong' });
  await t.throwsAsync(limited({ ...ada, email: 'any' }, wrong), { instanceOf: TooManyAttemptsError });
});

test('what fails for another reason than wrong credentials was no attempt', async (t) => {
  const limited = createLoginLimit({
    account: { burst: 1, intervalMs: 60_000 },
    client: { burst: 1, intervalMs: 60_000 },
  });
  const ada = { clientAddress: '192.0.2.1', email: 'ada@example.org' };
  const failures = [
    new Errors.ServiceNotFoundError({ action: 'users.auth' }),
    new Errors.MoleculerRetryableError('full disk', 503, 'USERS_UNAVAILABLE', {}),
    new Error('wrong'),
    undefined,
  ];
  for (const failure of failures)
    await limited(ada, () => Promise.reject(failure)).then(t.fail, (error) => t.is(error, failure));
  await t.throwsAsync(limited(ada, wrong), { message: 'wrong' });
  await t.throwsAsync(limited(ada, wrong), { instanceOf: TooManyAttemptsError });
});

test('what is refused for the client was no attempt on the account', async (t) => {
  let timeMs = 0;
  const now = () => timeMs;
  const limited = createLoginLimit({
    account: { burst: 1, intervalMs: 60_000, now },
    client: { burst: 1, intervalMs: 1000, now },
  });
  const ada = { clientAddress: '192.0.2.1', email: 'ada@example.org' };
  await t.throwsAsync(limited({ ...ada, email: 'other' }, wrong), { message: 'wrong' });
  const error = await t.throwsAsync(limited(ada, wrong), { instanceOf: TooManyAttemptsError });
  t.is(error?.retryAfterS, 1);
  timeMs = 1000;
  t.is(await limited(ada, async () => 'in'), 'in');
});

for (const [one, other, isSame] of [
  ['2001:db8::1', '2001:db8::ffff:1', true],
  ['2001:db8:0:0:1::', '2001:db8::2', true],
  ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
  ['::1', '2001:db8::1', false],
  ['192.0.2.1:40001', '192.0.2.1:40002', true],
  ['192.0.2.1:40001', '192.0.2.1', true],
  ['192.0.2.1:40001', '192.0.2.2:40001', false],
  ['[2001:db8::1]:40001', '[2001:db8::2]:40002', true],
  ['[2001:db8::1]', '2001:db8::1', true],
] as const) {
  test(`${one} and ${other} are ${isSame ? 'one client' : 'two clients'}`, async (t) => {
    const limited = createLoginLimit({ client: { burst: 1, intervalMs: 60_000 } });
    await t.throwsAsync(limited({ clientAddress: one, email: 'a' }, wrong), { message: 'wrong' });
    const second = limited({ clientAddress: other, email: 'b' }, wrong);
    await t.throwsAsync(second, isSame ? { instanceOf: TooManyAttemptsError } : { message: 'wrong' });
  });
}
