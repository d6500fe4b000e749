import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import test from 'ava';
import { InvalidTokenError } from '../../gateway/request-errors.ts';
import { createTokens } from '../../gateway/tokens.ts';

const secret = 'a secret of at least thirty-two characters';
const start = Date.UTC(2026, 0, 1);
const soon = Math.floor(start / 1000) + 60;
const claims = { sub: 'ada', iss: 'tracemesh', aud: 'tracemesh-gateway', iat: soon - 60, exp: soon };
const header = { alg: 'HS256', typ: 'JWT' };

/** Tokens at a time that a test can move. */
function createTestTokens() {
  let time = start;
  const tokens = createTokens({ secret, now: () => new Date(time) });
  return { ...tokens, pass: (ms: number) => (time += ms) };
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as anybody could make one. */
function forge(payload: unknown, { head = header as object, key = secret } = {}): string {
  const signed = `${encode(head)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

test('a token tells whose it is, until it expires', async (t) => {
  const { issue, verify, pass } = createTestTokens();
  const { token, expiresAt } = await issue('ada');
  t.is(expiresAt, '2026-01-01T01:00:00.000Z');
  t.is(await verify(token), 'ada');
  pass(3_599_000);
  t.is(await verify(token), 'ada');
  pass(1000);
  await t.throwsAsync(verify(token), { instanceOf: InvalidTokenError });
});

test('what the tests forge would be good, were it not for what is wrong with it', async (t) => {
  t.is(await createTestTokens().verify(forge(claims)), 'ada');
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaSigned = `${encode({ ...header, alg: 'RS256' })}.${encode(claims)}`;
const unsigned = (alg: string) => `${encode({ ...header, alg })}.${encode(claims)}.`;
const bad: [string, string][] = [
  ['nothing', ''],
  ['two parts', `${encode(header)}.${encode(claims)}`],
  ['no JSON', 'a.b.c'],
  ['a foreign signature', forge(claims, { key: 'another secret of at least thirty-two' })],
  ['a signature cut short', forge(claims).slice(0, -1)],
  ['a changed payload', forge(claims).replace(/\.[^.]+\./, `.${encode({ ...claims, sub: 'eve' })}.`)],
  ['alg none', unsigned('none')],
  ['alg None', unsigned('None')],
  ['alg HS256 without a signature', unsigned('HS256')],
  ['another HMAC', forge(claims, { head: { ...header, alg: 'HS512' } })],
  [
    'an RSA signature',
    `${rsaSigned}.${sign('sha256', Buffer.from(rsaSigned), privateKey).toString('base64url')}`,
  ],
  [
    'a public key for a secret',
    forge(claims, { key: publicKey.export({ type: 'spki', format: 'pem' }) as string }),
  ],
  ['another type', forge(claims, { head: { ...header, typ: 'at+jwt' } })],
  ['a header that must be understood', forge(claims, { head: { ...header, crit: ['x'], x: 1 } })],
  ['another issuer', forge({ ...claims, iss: 'elsewhere' })],
  ['another audience', forge({ ...claims, aud: 'elsewhere' })],
  ['no subject', forge({ ...claims, sub: undefined })],
  ['no end', forge({ ...claims, exp: undefined })],
  ['an end that is no number', forge({ ...claims, exp: 'never' })],
  ['an end in the past', forge({ ...claims, exp: soon - 61 })],
  ['a start in the future', forge({ ...claims, nbf: soon })],
  ['no claims at all', forge('ada')],
  ['far too much of it', forge({ ...claims, more: 'x'.repeat(1000) })],
];
for (const [title, token] of bad) {
  test(`a token with ${title} is refused`, async (t) => {
    await t.throwsAsync(createTestTokens().verify(token), { instanceOf: InvalidTokenError });
  });
}

test('a token of any size is refused at once', async (t) => {
  await t.throwsAsync(createTestTokens().verify('x.'.repeat(10_000_000)), { instanceOf: InvalidTokenError });
});
