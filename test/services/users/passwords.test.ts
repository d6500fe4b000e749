import { scryptSync } from 'node:crypto';
import test from 'ava';
import { hashPassword, verifyPassword } from '../../../services/users/passwords.ts';

test('a hash is that of scrypt with the salt and the cost that it names', async (t) => {
  const record = await hashPassword('correct horse');
  const [, cost, parallelization, salt = '', hash = ''] =
    /^\$scrypt\$ln=(\d+),r=8,p=(\d+)\$([^$=]+)\$([^$=]+)$/.exec(record) ?? [];
  t.is(Buffer.from(salt, 'base64').length, 16);
  const options = { N: 2 ** Number(cost), r: 8, p: Number(parallelization) };
  const expected = scryptSync('correct horse', Buffer.from(salt, 'base64'), 32, options);
  t.deepEqual(Buffer.from(hash, 'base64'), expected);
  t.notRegex(record, /correct|horse/);
});

test('a password is the same, whichever way its characters were typed', async (t) => {
  const cost = { cost: 2, blockSize: 8, parallelization: 1 };
  const [, , , salt = '', hash = ''] = (await hashPassword('Cafe\u0301 \u2126', cost)).split('$');
  const composed = scryptSync('Caf\u00e9 \u03a9', Buffer.from(salt, 'base64'), 32, { N: 2, r: 8, p: 1 });
  t.deepEqual(Buffer.from(hash, 'base64'), composed);
});

test('the same password has another salt and another hash each time', async (t) => {
  const cost = { cost: 2, blockSize: 8, parallelization: 1 };
  const [one, two] = await Promise.all([
    hashPassword('same password', cost),
    hashPassword('same password', cost),
  ]);
  t.not(one.split('$')[3], two.split('$')[3]);
  t.not(one.split('$')[4], two.split('$')[4]);
});

test('a password is that of its hash, whatever the hash cost, and however it is typed', async (t) => {
  for (const cost of [undefined, { cost: 2, blockSize: 1, parallelization: 3 }]) {
    const record = await hashPassword('caf\u00e9 au lait', cost);
    t.true(await verifyPassword('caf\u00e9 au lait', record));
    t.true(await verifyPassword('cafe\u0301 au lait', record));
    for (const password of ['', 'cafe au lait', 'caf\u00e9 au lait ', record])
      t.false(await verifyPassword(password, record));
  }
});

test.serial('without a hash no password is right, and finding out takes as long', async (t) => {
  const record = await hashPassword('analytical engine');
  const timeOf = async (hash: string | undefined) => {
    const startedAt = process.cpuUsage(); // of all threads of this process, so that a busy machine does not count
    t.false(await verifyPassword('difference engine', hash));
    const { user, system } = process.cpuUsage(startedAt);
    return user + system;
  };
  const best = async (hash: string | undefined) =>
    Math.min(...[await timeOf(hash), await timeOf(hash), await timeOf(hash)]);
  const [known, unknown] = [await best(record), await best(undefined)];
  t.true(unknown > known / 2 && unknown < known * 2, `${known} us with a hash, ${unknown} us without`);
});

/** How often the event loop comes round until this is done. */
async function turnsUntil(done: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  done.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise(setImmediate);
    turns++;
  }
  return turns;
}

test('hashing and verifying leave the event loop to others', async (t) => {
  t.true((await turnsUntil(hashPassword('correct horse'))) > 10);
  t.true((await turnsUntil(verifyPassword('correct horse', await hashPassword('correct horse')))) > 10);
  t.true((await turnsUntil(verifyPassword('correct horse', undefined))) > 10);
});

test('what is no hash of ours is an error, not a wrong password', async (t) => {
  await t.throwsAsync(verifyPassword('x', '$2b$10$abc'), { message: /PHC/ });
});
