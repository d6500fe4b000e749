import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { migrate } from '../../../services/users/migrations.ts';

const ONE = 'CREATE TABLE things (name TEXT) STRICT';
const TWO = "ALTER TABLE things ADD COLUMN colour TEXT; INSERT INTO things VALUES ('sky', 'blue')";
const THREE = "INSERT INTO things VALUES ('grass', 'green'); INSERT INTO nowhere VALUES (1)";

const versionOf = (db: DatabaseSync) => db.prepare('PRAGMA user_version').get()?.['user_version'];
const thingsIn = (db: DatabaseSync) =>
  db
    .prepare('SELECT * FROM things')
    .all()
    .map((row) => ({ ...row }));

test('a new file gets all versions, an older one those that it lacks, and each only once', (t) => {
  const db = new DatabaseSync(':memory:');
  t.teardown(() => db.close());
  migrate(db, [ONE]);
  t.is(versionOf(db), 1);
  db.exec("INSERT INTO things VALUES ('snow')");
  for (let start = 0; start < 3; start++) migrate(db, [ONE, TWO]);
  t.is(versionOf(db), 2);
  const things = [
    { name: 'snow', colour: null },
    { name: 'sky', colour: 'blue' },
  ];
  t.deepEqual(thingsIn(db), things);
});

test('a version that fails leaves the file as it was, and one of a later version is left alone', (t) => {
  const db = new DatabaseSync(':memory:');
  t.teardown(() => db.close());
  migrate(db, [ONE, TWO]);
  t.throws(() => migrate(db, [ONE, TWO, THREE]), { message: /nowhere/ });
  t.is(versionOf(db), 2);
  t.deepEqual(thingsIn(db), [{ name: 'sky', colour: 'blue' }]);
  t.throws(() => migrate(db, [ONE]), { message: 'its schema has version 2, this program knows 1' });
  t.false(db.isTransaction);
});
