/** `node:sqlite`: a span for every statement that runs, with nothing in it that was bound. */
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { inSpan, tracedDatabase } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree, type RecordedSpan } from '#shared/tracing/testing.ts';

/** Runs `fn` on a traced database with a table of users, inside of one span, and answers the spans. */
function trace(t: ExecutionContext, fn: (db: DatabaseSync) => unknown): readonly RecordedSpan[] {
  const tracing = createMemoryTracing();
  const raw = new DatabaseSync(':memory:');
  t.teardown(() => raw.close());
  raw.exec(
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO users VALUES (1, 'Ada')",
  );
  const db = tracedDatabase(raw, { instance: 'people' });
  inSpan('work', {}, () => fn(db));
  t.is(tracing.stats().unfinished, 0);
  return tracing.spans;
}

test('each way to run a statement is a span named by what it does and where', (t) => {
  const spans = trace(t, (db) => {
    t.is(db.prepare('INSERT INTO users (name) VALUES (?)').run('Grace').changes, 1);
    t.like(db.prepare('SELECT name FROM users WHERE id = ?').get(1), { name: 'Ada' });
    t.is(db.prepare('select * from "users"').all().length, 2);
    t.is([...db.prepare('SELECT name FROM users').iterate()].length, 2);
    db.prepare('UPDATE users SET name = ? WHERE id = ?').run('Ida', 1);
    db.prepare('DELETE FROM users WHERE id = ?').run(1);
    db.exec('BEGIN');
    db.exec('COMMIT');
  });
  matchTree(
    spans,
    `
    test work
      test INSERT users (client)
      test SELECT users (client)
      test SELECT users (client)
      test SELECT users (client)
      test UPDATE users (client)
      test DELETE users (client)
      test BEGIN (client)
      test COMMIT (client)
    `,
  );
});

test('a span tells the database and the statement, never the values', (t) => {
  const [span] = trace(t, (db) => db.prepare('SELECT * FROM users\n  WHERE name = ?').get('secret'));
  t.deepEqual(span?.tags, {
    'span.kind': 'client',
    component: 'sqlite',
    'db.type': 'sql',
    'db.instance': 'people',
    'db.statement': 'SELECT * FROM users WHERE name = ?',
  });
});

test('values that were written into the statement are taken out of it', (t) => {
  const [span] = trace(t, (db) =>
    db.prepare("SELECT * FROM users -- of 'Eve'\n WHERE name = 'it''s me' AND id = 42 AND id < -1.5e3").get(),
  );
  t.is(span?.tags['db.statement'], 'SELECT * FROM users WHERE name = ? AND id = ? AND id < ?');
});

test('a statement that fails is an error, and fails as it would untraced', (t) => {
  const [span] = trace(t, (db) => {
    const insert = db.prepare('INSERT INTO users (name) VALUES (?)');
    t.throws(() => insert.run('Ada'), { message: /UNIQUE constraint failed/ });
  });
  t.is(span?.tags['error'], true);
  t.like(span?.logs[0]?.fields, { event: 'error', message: 'UNIQUE constraint failed: users.name' });
});

test('rows that are read one by one keep the span open until the reader is done', (t) => {
  const spans = trace(t, (db) => {
    for (const _ of db.prepare('SELECT * FROM users').iterate()) {
      inSpan('row', {}, () => {});
      break;
    }
  });
  t.deepEqual(
    spans.map(({ operation }) => operation),
    ['row', 'SELECT users', 'work'],
  );
});

test('without an active span nothing is traced, and everything works', (t) => {
  const tracing = createMemoryTracing();
  const db = tracedDatabase(new DatabaseSync(':memory:'));
  t.teardown(() => db.close());
  db.exec('CREATE TABLE t (a)');
  const insert = db.prepare('INSERT INTO t VALUES (:a)');
  insert.run({ a: 1 });
  t.is(insert.sourceSQL, 'INSERT INTO t VALUES (:a)');
  t.is(db.prepare('SELECT count(*) AS n FROM t').get()?.['n'], 1);
  t.is([...db.prepare('SELECT a FROM t').iterate()].length, 1);
  t.true(db.isOpen);
  t.is(tracing.stats().started, 0);
});
