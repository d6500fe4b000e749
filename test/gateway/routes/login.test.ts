/** Signing in, and what only those may do who have. */
import { createHmac } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { type GatewayOptions, startGateway, type TestGateway } from '../../helpers/gateway.ts';
import { until } from '../../helpers/until.ts';

const ada = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };
const eve = { name: 'Eve', email: 'eve@example.org', password: 'the other engine' };

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A user, and the headers that prove it. */
async function signUp({ send }: TestGateway, user: typeof ada) {
  const { json } = await send('POST', '/users', user);
  const { email, password } = user;
  const { json: login } = await send('POST', '/users/login', { email, password });
  return {
    path: `/users/${json.id}`,
    id: json.id as string,
    token: login.token as string,
    headers: bearer(login.token),
  };
}

/** A gateway with two users who are signed in. */
async function startWithUsers(t: ExecutionContext, options?: GatewayOptions) {
  const gateway = await startGateway(t, options);
  return { gateway, send: gateway.send, ada: await signUp(gateway, ada), eve: await signUp(gateway, eve) };
}

test('POST /users/login answers a token and its end', async (t) => {
  const { send, ada: user } = await startWithUsers(t);
  const { status, json, headers } = await send('POST', '/users/login', {
    email: 'ADA@example.org',
    password: ada.password,
  });
  t.is(status, 200);
  t.deepEqual(Object.keys(json), ['token', 'expiresAt']);
  t.is(headers['cache-control'], 'no-store');
  const inAnHour = Date.now() + 3_600_000;
  t.true(Math.abs(Date.parse(json.expiresAt) - inAnHour) < 60_000);
  const payload = JSON.parse(Buffer.from(json.token.split('.')[1], 'base64url').toString());
  t.like(payload, { sub: user.id, iss: 'tracemesh', aud: 'tracemesh-gateway' });
});

test('a wrong password and an unknown user are one and the same answer', async (t) => {
  const { send } = await startWithUsers(t);
  const wrong = await send('POST', '/users/login', { email: ada.email, password: 'difference engine' });
  const unknown = await send('POST', '/users/login', { email: 'nobody@example.org', password: ada.password });
  t.is(wrong.status, 401);
  t.is(unknown.status, 401);
  const withoutTrace = ({ json }: typeof wrong) => ({ ...json.error, traceId: undefined });
  t.deepEqual(withoutTrace(wrong), withoutTrace(unknown));
  t.is(withoutTrace(wrong).code, 'WRONG_CREDENTIALS');
  t.is(wrong.headers['www-authenticate'], 'Bearer');
});

test('who tries too often has to wait, and is told how long', async (t) => {
  const { send } = await startGateway(t, {
    app: { loginLimit: { account: { burst: 2, intervalMs: 30_000 } } },
  });
  const attempt = () => send('POST', '/users/login', { email: ada.email, password: 'x' });
  t.deepEqual([(await attempt()).status, (await attempt()).status], [401, 401]);
  const { status, json, headers } = await attempt();
  t.is(status, 429);
  t.is(json.error.code, 'TOO_MANY_ATTEMPTS');
  t.regex(String(headers['retry-after']), /^\d{1,2}$/);
});

test('the address of a client is taken from proxies of ours, and from nobody else', async (t) => {
  const account = { burst: 1, intervalMs: 60_000 };
  for (const [proxies, expected] of [
    [0, 429],
    [1, 401],
  ] as const) {
    const { send } = await startGateway(t, { app: { proxies, loginLimit: { account } } });
    const attempt = (from: string) =>
      send(
        'POST',
        '/users/login',
        { email: 'a@b.org', password: 'x' },
        { 'x-forwarded-for': `203.0.113.9, ${from}` },
      );
    await attempt('192.0.2.1');
    t.is((await attempt('192.0.2.2')).status, expected);
    t.is((await attempt('192.0.2.1')).status, 429);
  }
});

test('PATCH /users/:id changes what is given, for the user himself', async (t) => {
  const { send, ada: user } = await startWithUsers(t);
  const changed = await send(
    'PATCH',
    user.path,
    { name: 'Countess', password: 'difference engine' },
    user.headers,
  );
  t.is(changed.status, 200);
  t.like(changed.json, { id: user.id, name: 'Countess', email: ada.email });
  t.false('password' in changed.json);
  t.is((await send('GET', user.path)).json.name, 'Countess');
  const login = (password: string) => send('POST', '/users/login', { email: ada.email, password });
  t.is((await login('difference engine')).status, 200);
  t.is((await login(ada.password)).status, 401);
  t.is((await send('PATCH', user.path, {}, user.headers)).json.name, 'Countess');
});

test('PATCH /users/:id answers 409 to an address that is taken, and 422 to bad and unknown fields', async (t) => {
  const { send, ada: user } = await startWithUsers(t);
  const patch = (body: unknown) => send('PATCH', user.path, body, user.headers);
  t.is((await patch({ email: 'EVE@example.org' })).json.error.code, 'EMAIL_TAKEN');
  for (const body of [
    { name: '' },
    { email: 'x' },
    { password: 'short' },
    { id: 'x' },
    { createdAt: 'x' },
    { role: 'admin' },
  ]) {
    const { status, json } = await patch(body);
    t.is(status, 422);
    t.is(json.error.details[0].field, Object.keys(body)[0]);
  }
  t.is((await patch('{')).status, 400);
  t.is((await patch({ name: 'x'.repeat(200_000) })).status, 413);
});

test('DELETE /users/:id removes the user himself, once', async (t) => {
  const { send, ada: user } = await startWithUsers(t);
  const gone = await send('DELETE', user.path, undefined, user.headers);
  t.is(gone.status, 204);
  t.is(gone.text, '');
  t.is((await send('GET', user.path)).status, 404);
  t.is((await send('DELETE', user.path, undefined, user.headers)).status, 404);
  t.is((await send('POST', '/users/login', { email: ada.email, password: ada.password })).status, 401);
});

for (const method of ['PATCH', 'DELETE'])
  test(`${method} of another's data is 403, of nobody's too, and changes nothing`, async (t) => {
    const { send, ada: user, eve: other } = await startWithUsers(t);
    const { status, json } = await send(
      method,
      user.path,
      method === 'PATCH' ? { name: 'x' } : undefined,
      other.headers,
    );
    t.is(status, 403);
    t.is(json.error.code, 'FORBIDDEN');
    t.is((await send(method, '/users/nobody', undefined, other.headers)).status, 403);
    t.is((await send('GET', user.path)).json.name, 'Ada');
  });

test('an admin may do it all, and hears what is not there', async (t) => {
  const {
    send,
    ada: user,
    eve: admin,
  } = await startWithUsers(t, { app: { adminEmails: ['EVE@example.org'] } });
  t.is((await send('PATCH', user.path, { name: 'Countess' }, admin.headers)).status, 200);
  t.is((await send('PATCH', '/users/nobody', { name: 'x' }, admin.headers)).status, 404);
  t.is((await send('DELETE', '/users/nobody', undefined, admin.headers)).status, 404);
  t.is((await send('PATCH', admin.path, { name: 'x' }, user.headers)).status, 403, 'only the admin is one');
  t.is((await send('DELETE', admin.path, undefined, admin.headers)).status, 204);
  t.is(
    (await send('PATCH', user.path, { name: 'x' }, admin.headers)).status,
    401,
    'who is removed is nobody',
  );
});

test('a token that is none is 401, whatever is wrong with it', async (t) => {
  const { send, ada: user } = await startWithUsers(t);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: user.id, iss: 'tracemesh', aud: 'tracemesh-gateway', iat: now, exp: now + 60 };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const [head, , signature] = user.token.split('.');
  const tokens: Record<string, string> = {
    foreign: `${signed}.${createHmac('sha256', 'another secret').update(signed).digest('base64url')}`,
    none: `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`,
    changed: `${head}.${encode(claims)}.${signature}`,
    oversized: `${user.token}${'x'.repeat(10_000)}`,
    garbage: 'x',
  };
  for (const [title, token] of Object.entries(tokens)) {
    const { status, json, headers } = await send('DELETE', user.path, undefined, bearer(token));
    t.is(status, 401, title);
    t.is(json.error.code, 'INVALID_TOKEN', title);
    t.is(headers['www-authenticate'], 'Bearer', title);
  }
  for (const authorization of ['Basic YWRhOng=', 'Bearer', `Bearer ${user.token} x`, user.token]) {
    t.is((await send('DELETE', user.path, undefined, { authorization })).json.error.code, 'INVALID_TOKEN');
  }
  t.is((await send('DELETE', user.path)).json.error.code, 'SIGN_IN_NEEDED');
  t.is((await send('GET', user.path)).status, 200);
});

test('what anybody may ask is answered to those with a bad token, too', async (t) => {
  const { send } = await startGateway(t);
  t.is((await send('GET', '/hello/Ada', undefined, bearer('x'))).status, 200);
});

test("the signed-in user's id reaches every hop, in calls and events, and his token none", async (t) => {
  const seen: Record<string, unknown>[] = [];
  const spy = {
    localAction: (next: (ctx: unknown) => unknown) => (ctx: { meta: object; params: object }) => {
      seen.push({ ...ctx.meta });
      return next(ctx);
    },
    localEvent: (next: (ctx: unknown) => unknown) => (ctx: { meta: object }) => {
      seen.push({ ...ctx.meta });
      return next(ctx);
    },
  };
  const { gateway, send, ada: user } = await startWithUsers(t, { broker: { middlewares: [spy as never] } });
  seen.length = 0;
  await send('GET', '/user/test', undefined, user.headers);
  await send('PATCH', user.path, { name: 'x' }, user.headers);
  await until(() => seen.length >= 6);
  for (const meta of seen) t.deepEqual(meta, { userId: user.id });
  seen.length = 0;
  await send('GET', '/user/test');
  t.deepEqual(seen, Array(4).fill({}));

  const { items } = await gateway.broker.call<{ items: { by?: string }[] }, object>('audit.list', {
    event: 'user.updated',
  });
  t.is(items[0]?.by, user.id);
  t.notRegex(JSON.stringify(gateway.logLines()), new RegExp(user.token.split('.')[2] ?? ''));
});
