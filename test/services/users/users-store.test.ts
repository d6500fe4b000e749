import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { UsersStoreError, UsersUnavailableError } from '../../../services/users/users-errors.ts';
import { openUsersStore } from '../../../services/users/users-store.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const ada = {
  id: '1',
  name: 'Ada',
  email: 'ada@example.org',
  passwordHash: '$scrypt$...',
  createdAt: '2026-01-01T00:00:00.000Z',
};

test('users survive a restart, in a folder that is made when it is missing', (t) => {
  const path = join(temporaryFolder(t), 'a/b/users.sqlite');
  const first = openUsersStore(path);
  t.true(first.insert(ada));
  first.close();

  const second = openUsersStore(path);
  t.teardown(() => second.close());
  t.like(second.find('1'), { name: 'Ada', email: 'ada@example.org' });
  t.is(second.page({ limit: 1, offset: 0 }).total, 1);
});

test('what is read has no trace of the password', (t) => {
  const store = openUsersStore(':memory:');
  store.insert(ada);
  const [listed] = store.page({ limit: 1, offset: 0 }).items;
  t.deepEqual(Object.keys(store.find('1') ?? {}), ['id', 'name', 'email', 'createdAt']);
  t.deepEqual(Object.keys(listed ?? {}), ['id', 'name', 'email', 'createdAt']);
});

test('the file is in WAL mode and knows the version of its schema', (t) => {
  const path = join(temporaryFolder(t), 'users.sqlite');
  openUsersStore(path).close();
  const db = new DatabaseSync(path);
  t.teardown(() => db.close());
  t.deepEqual({ ...db.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'wal' });
  t.deepEqual({ ...db.prepare('PRAGMA user_version').get() }, { user_version: 1 });
});

test('a text with quotes and other scripts comes back as it was', (t) => {
  const store = openUsersStore(':memory:');
  const name = `Robert'); DROP TABLE users;-- "ñ 名前 👩‍🚀`;
  store.insert({ ...ada, name });
  t.is(store.find('1')?.name, name);
});

test('a schema of a later version is left alone', (t) => {
  const path = join(temporaryFolder(t), 'users.sqlite');
  openUsersStore(path).close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  t.throws(() => openUsersStore(path), { instanceOf: UsersStoreError, message: /version 99/ });
});

test('a file that is no database is refused, and left as it was', (t) => {
  const path = join(temporaryFolder(t), 'users.sqlite');
  writeFileSync(path, 'a text of some length that is no database at all');
  t.throws(() => openUsersStore(path), { instanceOf: UsersStoreError, message: /cannot be used/ });
  t.regex(readFileSync(path, 'utf8'), /^a text/);
});

test('a folder in the place of the file is refused', (t) => {
  t.throws(() => openUsersStore(temporaryFolder(t)), { instanceOf: UsersStoreError });
});

test('several nodes may start on the same new file at once, and share it', async (t) => {
  const path = join(temporaryFolder(t), 'users.sqlite');
  const module = new URL('../../../services/users/users-store.ts', import.meta.url).href;
  const node = async (id: number) => {
    const code = `import('${module}').then(({ openUsersStore }) => {
      const store = openUsersStore(${JSON.stringify(path)});
      for (let at = 0; at < 10; at++) {
        const id = '${id}-' + at;
        store.insert({ id, name: id, email: id + '@example.org', passwordHash: '', createdAt: id });
      }
      store.close();
    })`;
    const worker = new Worker(code, { eval: true });
    await new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve));
  };
  await Promise.all(Array.from({ length: 6 }, (_, id) => node(id)));
  const store = openUsersStore(path);
  t.teardown(() => store.close());
  t.is(store.page({ limit: 1, offset: 0 }).total, 60);
});

test('a user is changed in what is given, and stays as he is in the rest', (t) => {
  const store = openUsersStore(':memory:');
  store.insert(ada);
  t.like(store.update('1', { name: 'Countess' }), { id: '1', name: 'Countess', email: ada.email });
  t.like(store.update('1', {}), { name: 'Countess' });
  store.update('1', { email: 'countess@example.org', passwordHash: 'other' });
  t.deepEqual(
    { ...store.findByEmail('countess@example.org') },
    { ...ada, name: 'Countess', email: 'countess@example.org', passwordHash: 'other' },
  );
  t.is(store.findByEmail(ada.email), undefined);
});

test('nobody is changed into another, nor is anybody who is not there', (t) => {
  const store = openUsersStore(':memory:');
  store.insert(ada);
  store.insert({ ...ada, id: '2', email: 'eve@example.org' });
  t.is(store.update('2', { name: 'Eva', email: 'ADA@example.org' }), 'email-taken');
  t.like(store.find('2'), { name: 'Ada', email: 'eve@example.org' });
  t.is(store.update('3', { name: 'Eva' }), 'not-found');
  t.like(
    store.update('1', { email: 'ADA@example.org' }),
    { email: 'ADA@example.org' },
    'his own may change its case',
  );
});

test('a user is removed once', (t) => {
  const store = openUsersStore(':memory:');
  store.insert(ada);
  t.true(store.remove('1'));
  t.false(store.remove('1'));
  t.is(store.find('1'), undefined);
  t.true(store.insert(ada), 'his address is free again');
});

test('a disk that takes no more is told apart, leaves the data as it was, and is used again when it can be', async (t) => {
  const path = join(temporaryFolder(t), 'users.sqlite');
  const store = openUsersStore(path, { busyTimeoutMs: 10 });
  t.teardown(() => store.close());
  store.insert(ada);
  const other = new DatabaseSync(path);
  t.teardown(() => other.close());
  other.exec('BEGIN IMMEDIATE'); // stands for any reason for which a write cannot be had
  const error = t.throws(() => store.insert({ ...ada, id: '2', email: 'b@example.org' }), {
    instanceOf: UsersUnavailableError,
  });
  t.like(error, {
    code: 'USERS_UNAVAILABLE',
    message: "The users' database cannot be used: database is locked",
  });
  t.throws(() => store.update('1', { name: 'x' }), { instanceOf: UsersUnavailableError });
  t.like(store.find('1'), { name: 'Ada' });
  other.exec('ROLLBACK');
  t.like(store.update('1', { name: 'x' }), { name: 'x' });
});
