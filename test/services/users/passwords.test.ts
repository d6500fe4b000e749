import { scryptSync } from 'node:crypto';
import test from 'ava';
import { hashPassword } from '../../../services/users/passwords.ts';

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
