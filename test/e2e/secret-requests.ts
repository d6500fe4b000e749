/** Requests of every kind that carry secrets where these belong, and where they do not. */
import { createHmac, randomBytes } from 'node:crypto';
import { type Reply, sendRequest } from '../helpers/requests.ts';

/** What was asked and answered, and the secrets in it. */
export interface SecretRequests {
  /** By a name for each. */
  readonly secrets: Record<string, string>;
  /** Requests as they were written. */
  readonly sent: readonly string[];
  /** Heads and bodies of all answers; of a login that succeeded only the head, since its token is for its owner. */
  readonly answered: readonly string[];
  /** Asks for everything there is, rightly and wrongly. */
  askAll(): Promise<void>;
  /** Asks for what needs the users, when they are away. */
  askInVain(): Promise<void>;
}

/** With characters that are written in another way somewhere. */
const newSecret = () =>
  `${randomBytes(12).toString('base64url')} "ü%&=\\${randomBytes(12).toString('base64url')}`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const signatureOf = (token: string) => token.slice(token.lastIndexOf('.') + 1);

/** Makes the requests to this gateway. */
export function createSecretRequests(gatewayUrl: string): SecretRequests {
  const secrets: Record<string, string> = {};
  const sent: string[] = [];
  const answered: string[] = [];
  const keep = (kind: string, secret: string): string => {
    secrets[`${kind} ${Object.keys(secrets).length}`] = secret;
    return secret;
  };
  const newPassword = () => keep('password', newSecret());
  const send = async (...request: [string, string, unknown?, Record<string, string>?]): Promise<Reply> => {
    sent.push(...request.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))));
    const reply = await sendRequest(gatewayUrl, ...request);
    const isToken = request[1] === '/users/login' && reply.status === 200;
    answered.push(JSON.stringify(reply.headers), isToken ? '' : reply.text);
    return reply;
  };

  const ada = { name: 'Ada', email: 'ada@example.org', password: newPassword() };
  const eve = { name: 'Eve', email: 'eve@example.org', password: newPassword() };

  async function signUp({ email, password, ...user }: typeof ada) {
    const { json } = await send('POST', '/users', { email, password, ...user });
    const { json: login } = await send('POST', '/users/login', { email, password });
    keep('signature', signatureOf(login.token));
    return { id: json.id as string, path: `/users/${json.id}`, token: login.token as string };
  }

  async function ask(path: string, token: string): Promise<void> {
    const password = newPassword();
    await send('PATCH', path, { password }, bearer(token));
    await send('POST', '/users/login', { email: ada.email, password: ada.password });
    for (const it of [path, '/users', '/user/test', '/hello/Ada', '/hello/Ada/stream', '/openapi.json'])
      await send('GET', it, undefined, bearer(token));
  }

  async function askWrongly(path: string, token: string): Promise<void> {
    await send('POST', '/users', { ...ada, email: 'ADA@example.org' });
    await send('PATCH', path, { email: eve.email, password: newPassword() }, bearer(token));
    await send('PATCH', path, { password: { $gt: ada.password } }, bearer(token));
    await send('POST', '/users/login', { email: ada.email, password: newPassword() });
    await send('POST', '/users/login', { email: 'nobody@example.org', password: newPassword() });
    await send('POST', '/users/login', { email: newPassword(), password: ada.password });
    await send('POST', '/users/login', { email: ada.email, password: [newPassword()], user: ada.password });
    for (const { body, headers } of wrongBodies('mallory@example.org', newPassword()))
      await send('POST', '/users', body, { 'content-type': 'application/json', ...headers });
    await send('POST', `/users?password=${encodeURIComponent(ada.password)}`, {});
  }

  async function askAsSomebodyElse({ id, path, token }: Awaited<ReturnType<typeof signUp>>): Promise<void> {
    for (const wrong of wrongTokens(id, token)) {
      keep('signature', signatureOf(wrong));
      await send('DELETE', path, undefined, bearer(wrong));
      await send('GET', '/user/test', undefined, bearer(wrong));
    }
    const basic = Buffer.from(`${ada.email}:${ada.password}`).toString('base64');
    await send('DELETE', path, undefined, { authorization: `Basic ${basic}` });
    await send('DELETE', path, undefined, { cookie: `token=${token}`, 'x-token': token });
    await send('DELETE', `${path}?access_token=${token}`);
    await send('GET', `/nowhere?access_token=${token}`, undefined, bearer(token));
    await send('DELETE', '/users/nobody', undefined, bearer(token));
  }

  let last = { path: '', token: '' };
  return {
    secrets,
    sent,
    answered,
    async askAll() {
      const [user, other] = [await signUp(ada), await signUp(eve)];
      await ask(user.path, user.token);
      await askWrongly(user.path, user.token);
      await askAsSomebodyElse(user);
      await send('DELETE', user.path, undefined, bearer(user.token));
      last = other;
    },
    async askInVain() {
      await send('POST', '/users', { ...ada, email: 'late@example.org' });
      await send('POST', '/users/login', { email: eve.email, password: eve.password });
      await send('PATCH', last.path, { password: newPassword() }, bearer(last.token));
    },
  };
}

/** Registrations that are wrong in every way, with the password in each of them. */
function wrongBodies(
  email: string,
  password: string,
): { body: string | object | Buffer; headers?: Record<string, string> }[] {
  const user = { name: 'Mallory', email, password };
  const json = JSON.stringify(user);
  const fields = [
    { password: password.slice(0, 9) },
    { password: password.repeat(50) },
    { password: [password] },
    { password: { text: password } },
    { email: password },
    { email: `${password}@example.org\n` },
    { name: `${password}\n` },
    { name: [password] },
    { name: password.repeat(10) },
    { pasword: password },
    { more: { of: [password] } },
  ];
  return [
    ...fields.map((wrong) => ({ body: { ...user, ...wrong } })),
    { body: [user] },
    { body: JSON.stringify(password) },
    { body: json.slice(0, -1) },
    { body: `{"password":"${password}` },
    { body: `{"password":${password}}` },
    { body: json + password },
    { body: { ...user, name: 'x'.repeat(200_000) } },
    { body: json, headers: { 'content-type': 'text/plain' } },
    {
      body: `${new URLSearchParams(user)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    { body: json, headers: { 'content-encoding': 'gzip' } },
  ];
}

/** Tokens as somebody makes them who knows all but the secret. */
function wrongTokens(id: string, token: string): string[] {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forge = ({ alg = 'HS256', exp = 4_000_000_000 }) => {
    const claims = { sub: id, iss: 'tracemesh', aud: 'tracemesh-gateway', iat: 1, exp };
    const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${createHmac('sha256', newSecret()).update(signed).digest('base64url')}`;
  };
  return [
    forge({}),
    forge({ alg: 'none' }),
    forge({ alg: 'HS512' }),
    forge({ exp: 2 }),
    token.slice(0, token.lastIndexOf('.') + 1) + randomBytes(32).toString('base64url'),
    randomBytes(3000).toString('base64url'),
  ];
}
