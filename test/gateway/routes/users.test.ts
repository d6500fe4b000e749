import test from 'ava';
import { matchTree, noOrphans } from '#shared/tracing/testing.ts';
import { createUsersService } from '../../../services/users/users.service.ts';
import { startAvatars } from '../../helpers/avatars.ts';
import { startGateway } from '../../helpers/gateway.ts';
import { until } from '../../helpers/until.ts';

const ada = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };

for (const path of ['/users', '/user/register']) {
  test(`POST ${path} registers a user, who can then be read`, async (t) => {
    const { send } = await startGateway(t);
    const created = await send('POST', path, ada);
    t.is(created.status, 201);
    t.deepEqual(Object.keys(created.json).sort(), ['createdAt', 'email', 'id', 'name']);
    t.like(created.json, { name: 'Ada', email: 'ada@example.org' });
    t.is(new Date(created.json.createdAt).toISOString(), created.json.createdAt);
    t.is(created.headers.location, `/users/${created.json.id}`);
    t.regex(String(created.headers['content-type']), /^application\/json/);

    const read = await send('GET', created.headers.location ?? '');
    t.is(read.status, 200);
    t.deepEqual(read.json, created.json);
  });
}

test('names keep their letters, whatever their script is', async (t) => {
  const { send } = await startGateway(t);
  const name = 'José Løvås 李小龍 мир 👩‍🚀 \uFFFD';
  t.is((await send('POST', '/users', { ...ada, name })).json.name, name);
});

test('a byte order mark in front of a body is no part of it', async (t) => {
  const { send } = await startGateway(t);
  const body = `\uFEFF${JSON.stringify(ada)}`;
  t.is((await send('POST', '/users', body, { 'content-type': 'application/json' })).status, 201);
});

test('POST /users answers 409 to an e-mail address that is taken', async (t) => {
  const { send } = await startGateway(t);
  await send('POST', '/users', ada);
  const { status, json } = await send('POST', '/users', { ...ada, email: 'Ada@Example.org' });
  t.is(status, 409);
  t.like(json.error, { code: 'EMAIL_TAKEN', details: [{ field: 'email', message: 'is taken' }] });
});

test('POST /users answers 422 and names each bad field', async (t) => {
  const { send, tracing } = await startGateway(t);
  const { status, json } = await send('POST', '/users', {
    name: ' ',
    email: 'x',
    password: 'short',
    role: 'admin',
  });
  t.is(status, 422);
  t.is(json.error.code, 'VALIDATION_ERROR');
  t.deepEqual(json.error.details, [
    { field: 'name', message: 'must be a text that is not blank and has no control characters' },
    { field: 'email', message: 'must be an e-mail address' },
    { field: 'password', message: 'must not have fewer than 10 characters' },
    { field: 'role', message: 'is not a known field' },
  ]);
  matchTree(tracing.spans, 'gateway POST /users (server)');
});

test('GET /users/:id answers 404 to an id that nobody has', async (t) => {
  const { send } = await startGateway(t);
  const { status, json, headers } = await send('GET', '/users/nobody');
  t.is(status, 404);
  t.like(json.error, { code: 'USER_NOT_FOUND', traceId: headers['x-trace-id'] });
});

test('GET /users answers a page, oldest first', async (t) => {
  const { send } = await startGateway(t);
  for (let at = 1; at <= 3; at++) await send('POST', '/users', { ...ada, email: `${at}@example.org` });
  const page = await send('GET', '/users?page=2&pageSize=2');
  t.is(page.status, 200);
  t.like(page.json, { page: 2, pageSize: 2, total: 3 });
  t.deepEqual(
    page.json.items.map(({ email }: { email: string }) => email),
    ['3@example.org'],
  );
  t.like((await send('GET', '/users')).json, { page: 1, pageSize: 20, total: 3 });
});

const badQueries: [string, string][] = [
  ['page=0', 'page'],
  ['page=-1', 'page'],
  ['page=1.5', 'page'],
  ['page=', 'page'],
  ['page=one', 'page'],
  ['page=1e3', 'page'],
  ['page=0x10', 'page'],
  ['page=%201', 'page'],
  ['page=99999999999999999999', 'page'],
  ['page=1&page=2', 'page'],
  ['pageSize=101', 'pageSize'],
  ['pageSize=0', 'pageSize'],
  ['pagesize=5', 'pagesize'],
  ['__proto__=1', '__proto__'],
  ['constructor=1', 'constructor'],
];
for (const [query, field] of badQueries) {
  test(`GET /users?${query} answers 422 and names ${field}`, async (t) => {
    const { send } = await startGateway(t);
    const { status, json } = await send('GET', `/users?${query}`);
    t.is(status, 422);
    t.deepEqual(
      json.error.details.map((problem: { field: string }) => problem.field),
      [field],
    );
  });
}

test('the password shows up in no answer, no span and no log line', async (t) => {
  const { send, tracing, logLines } = await startGateway(t);
  const created = await send('POST', '/users', ada);
  const replies = [
    created,
    await send('POST', '/users', ada),
    await send('POST', '/users', { ...ada, email: 'x' }),
    await send('POST', '/users', `{"password":"${ada.password}"`),
    await send('GET', `/users/${created.json.id}`),
    await send('GET', '/users'),
  ];
  t.deepEqual(
    replies.map(({ status }) => status),
    [201, 409, 422, 400, 200, 200],
  );
  t.notRegex(JSON.stringify([replies, tracing.spans, logLines()]), /analytical|scrypt/);
});

test('GET /user/test greets by way of two services and publishes it, in one trace', async (t) => {
  const { send, tracing } = await startGateway(t);
  const { status, json, headers } = await send('GET', '/user/test');
  t.is(status, 200);
  t.deepEqual(json, { greeting: 'Hello, users!' });
  t.regex(String(headers['x-trace-id']), /^[0-9a-f]{32}$/);
  await until(() => tracing.stats().unfinished === 0);
  noOrphans(tracing.spans);
  matchTree(
    tracing.spans,
    `
    gateway GET /user/test (server)
      gateway users.test (client)
        users users.test (server)
          users hello.greet (client)
            hello hello.greet (server)
          users user.tested (producer)
            ~ audit user.tested (consumer)
            ~ hello user.tested (consumer)`,
  );
});

test('a statement is in the trace as it was prepared, without its values', async (t) => {
  const { send, tracing } = await startGateway(t);
  await send('POST', '/users', ada);
  const statement = tracing.spans.find(({ operation }) => operation === 'INSERT users');
  t.like(statement?.tags, { 'db.instance': ':memory:' });
  t.regex(String(statement?.tags['db.statement']), /VALUES \(\?, \?, \?, \?, \?\)$/);
});

test('GET /users/:id?picture=true asks the avatars service, within the same trace', async (t) => {
  const avatars = await startAvatars(t);
  const { send, tracing } = await startGateway(t, {
    services: [createUsersService({ USERS_DB: ':memory:', AVATARS_URL: avatars.url })],
  });
  const { json: user } = await send('POST', '/users', ada);
  const { status, json, headers } = await send('GET', `/users/${user.id}?picture=true`);
  t.is(status, 200);
  t.regex(json.picture, /^data:image/);
  t.deepEqual({ ...json, picture: undefined }, { ...user, picture: undefined });
  t.deepEqual((await send('GET', `/users/${user.id}?picture=false`)).json, user);

  await until(() => tracing.stats().unfinished === 0 && avatars.tracing.spans.length === 1);
  const spans = [...tracing.spans, ...avatars.tracing.spans];
  noOrphans(spans);
  matchTree(
    spans.filter(({ traceId }) => traceId === headers['x-trace-id']),
    `
    gateway GET /users/:id (server)
      gateway users.get (client)
        users users.get (server)
          users SELECT users (client)
          users GET (client)
            avatars GET /avatars/:id (server)`,
  );
});

test('without the avatars service a user has no picture, and the trace says why', async (t) => {
  const { send, tracing } = await startGateway(t, {
    services: [createUsersService({ USERS_DB: ':memory:', AVATARS_URL: 'http://127.0.0.1:1' })],
  });
  const { json: user } = await send('POST', '/users', ada);
  const { status, json, headers } = await send('GET', `/users/${user.id}?picture=true`);
  t.is(status, 200);
  t.deepEqual(json, { ...user, picture: null });
  await until(() => tracing.stats().unfinished === 0);
  matchTree(
    tracing.spans.filter(({ traceId }) => traceId === headers['x-trace-id']),
    `
    gateway GET /users/:id (server)
      gateway users.get (client)
        users users.get (server)
          users SELECT users (client)
          users GET (client) ERROR`,
  );
});

for (const query of ['picture=1', 'picture=', 'picture=true&picture=true', 'pictures=true'])
  test(`GET /users/:id?${query} answers 422`, async (t) => {
    const { send } = await startGateway(t);
    t.is((await send('GET', `/users/nobody?${query}`)).status, 422);
  });
