import test from 'ava';
import { createUsers } from '../../../services/users/users.ts';
import {
  EmailTakenError,
  UserNotFoundError,
  WrongCredentialsError,
} from '../../../services/users/users-errors.ts';
import { openUsersStore } from '../../../services/users/users-store.ts';

const ada = { name: 'Ada', email: 'ada@example.org', password: 'analytical engine' };

/** Users in a store in memory, with ids and times that can be foreseen; `verified` gets each password that is verified. */
function createTestUsers(verified: [string, string | undefined][] = []) {
  let count = 0;
  return createUsers(openUsersStore(':memory:'), {
    pictures: { find: async (id) => (id === 'id-1' ? 'data:image/png,' : null) },
    hash: async (password) => `hash of ${password}`,
    verify: async (password, hash) => {
      verified.push([password, hash]);
      return hash === `hash of ${password}`;
    },
    now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, count)),
    newId: () => `id-${++count}`,
  });
}

test('a new user has an id and the time, and never a password', async (t) => {
  const users = createTestUsers();
  const created = await users.create(ada);
  t.deepEqual(created, {
    id: 'id-1',
    name: 'Ada',
    email: 'ada@example.org',
    createdAt: '2026-01-01T00:00:01.000Z',
  });
  t.deepEqual({ ...(await users.get({ id: 'id-1' })) }, created);
});

test('an e-mail address belongs to one user, however it is written', async (t) => {
  const users = createTestUsers();
  await users.create(ada);
  const again = { ...ada, name: 'Other', email: 'ADA@Example.org' };
  const error = await t.throwsAsync(users.create(again), { instanceOf: EmailTakenError });
  t.like(error, { code: 'EMAIL_TAKEN', status: 409 });
  t.is(users.list({}).total, 1);
});

test('a picture is there for those who ask for it, and null where there is none', async (t) => {
  const users = createTestUsers();
  await users.create(ada);
  await users.create({ ...ada, email: 'other@example.org' });
  t.false('picture' in (await users.get({ id: 'id-1' })));
  t.false('picture' in (await users.get({ id: 'id-1', picture: false })));
  t.is((await users.get({ id: 'id-1', picture: true })).picture, 'data:image/png,');
  t.is((await users.get({ id: 'id-2', picture: true })).picture, null);
});

test('a user who is not there is not found', async (t) => {
  const error = await t.throwsAsync(createTestUsers().get({ id: "' OR 1=1 --" }), {
    instanceOf: UserNotFoundError,
  });
  t.like(error, { code: 'USER_NOT_FOUND', status: 404 });
});

test('lists a page, oldest first, of as many as there are', async (t) => {
  const users = createTestUsers();
  for (let at = 1; at <= 25; at++) await users.create({ ...ada, email: `${at}@example.org` });
  const ids = (request: object) => users.list(request).items.map(({ email }) => Number.parseInt(email, 10));
  t.like(users.list({}), { page: 1, pageSize: 20, total: 25 });
  t.deepEqual(
    ids({}),
    Array.from({ length: 20 }, (_, at) => at + 1),
  );
  t.deepEqual(ids({ page: 2 }), [21, 22, 23, 24, 25]);
  t.deepEqual(ids({ page: 3, pageSize: 10 }), [21, 22, 23, 24, 25]);
  t.deepEqual(ids({ page: 1_000_000_000, pageSize: 100 }), []);
});

test('a user is changed in what is given, his password among it', async (t) => {
  const users = createTestUsers();
  await users.create(ada);
  const changed = await users.update({ id: 'id-1', name: 'Countess', password: 'difference engine' });
  t.like(changed, { id: 'id-1', name: 'Countess', email: ada.email });
  t.false('passwordHash' in changed);
  t.like(await users.auth({ email: ada.email, password: 'difference engine' }), { id: 'id-1' });
  await t.throwsAsync(users.auth(ada), { instanceOf: WrongCredentialsError });
  await users.create({ ...ada, email: 'eve@example.org' });
  await t.throwsAsync(users.update({ id: 'id-1', email: 'eve@example.org' }), {
    instanceOf: EmailTakenError,
  });
  await t.throwsAsync(users.update({ id: 'nobody', name: 'x' }), { instanceOf: UserNotFoundError });
});

test('a user who is removed is gone, and cannot sign in', async (t) => {
  const users = createTestUsers();
  await users.create(ada);
  t.deepEqual(users.remove({ id: 'id-1' }), { id: 'id-1' });
  await t.throwsAsync(users.get({ id: 'id-1' }), { instanceOf: UserNotFoundError });
  await t.throwsAsync(users.auth(ada), { instanceOf: WrongCredentialsError });
  t.throws(() => users.remove({ id: 'id-1' }), { instanceOf: UserNotFoundError });
});

test('credentials answer whose they are; a wrong password and an unknown address are one and the same', async (t) => {
  const users = createTestUsers();
  const user = await users.create(ada);
  t.deepEqual({ ...(await users.auth({ ...ada, email: 'ADA@example.org' })) }, user);
  const wrong = await t.throwsAsync(users.auth({ ...ada, password: 'x' }), {
    instanceOf: WrongCredentialsError,
  });
  const unknown = await t.throwsAsync(users.auth({ ...ada, email: 'x' }), {
    instanceOf: WrongCredentialsError,
  });
  t.deepEqual({ ...wrong, message: wrong?.message }, { ...unknown, message: unknown?.message });
});

test('who has no user is worked for as hard as who has one: nobody tells by the time which it is', async (t) => {
  const verified: [string, string | undefined][] = [];
  const users = createTestUsers(verified);
  await users.create(ada);
  await t.throwsAsync(users.auth({ ...ada, password: 'x' }));
  await t.throwsAsync(users.auth({ email: 'nobody@example.org', password: 'x' }));
  t.deepEqual(verified, [
    ['x', `hash of ${ada.password}`],
    ['x', undefined],
  ]);
});
