import test from 'ava';
import { findSecrets } from './secret-search.ts';

const secret = 'Zx9$ "ümlaut" \\ & k7Q-w_2';
const written: [string, (text: string) => string | Uint8Array][] = [
  ['itself', (text) => text],
  ['bytes', (text) => Buffer.from(text)],
  ['JSON', (text) => JSON.stringify({ text })],
  ['JSON in JSON', (text) => JSON.stringify({ text: JSON.stringify({ text }) })],
  ['a URL', (text) => encodeURIComponent(text)],
  ['a URL in lower case', (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase())],
  ['a form', (text) => new URLSearchParams({ text }).toString()],
  ['hex', (text) => Buffer.from(text).toString('hex')],
  ['hex in upper case', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['base64', (text) => Buffer.from(text).toString('base64')],
  ['base64url', (text) => Buffer.from(text).toString('base64url')],
  ['base64 of more, by one', (text) => Buffer.from(`a${text}z`).toString('base64')],
  ['base64 of more, by two', (text) => Buffer.from(`ab${text}yz`).toString('base64')],
  ['base64 of more, by three', (text) => Buffer.from(`abc${text}xyz`).toString('base64')],
];
for (const [form, write] of written) {
  test(`finds a secret that was written as ${form}`, (t) => {
    const [leak] = findSecrets(
      { password: secret },
      { log: 'nothing', span: write(`before ${secret} behind`) },
    );
    t.like(leak, { secret: 'password', source: 'span' });
    t.not(leak?.around, '');
    t.deepEqual(findSecrets({ password: secret }, { span: write('before, and behind') }), []);
  });

  test(`finds ten characters of a secret that were written as ${form}`, (t) => {
    for (let at = 0; at + 10 <= secret.length; at++)
      t.not(
        findSecrets({ password: secret }, { span: write(secret.slice(at, at + 10)) }).length,
        0,
        `from ${at}`,
      );
  });
}

test('a secret that is too short to be told from anything else is refused', (t) => {
  t.throws(() => findSecrets({ password: 'secret' }, {}), { instanceOf: RangeError });
});
