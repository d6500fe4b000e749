/** `node:sqlite`: a span for every statement that runs, with nothing in it that was bound. */
import { join } from 'node:path';
import { backup, DatabaseSync, StatementSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { inSpan, tracedDatabase } from '#shared/tracing/index.ts';
import { createMemoryTracing, matchTree, type RecordedSpan, traced } from '#shared/tracing/testing.ts';
import { collectGarbage } from '../../helpers/garbage.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

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

test('a name in double quotes is shown where SQLite takes no text for one', (t) => {
  const [span] = trace(t, (db) => db.prepare('SELECT "id" FROM "users" WHERE "name" = ?').get('Eve'));
  t.is(span?.tags['db.statement'], 'SELECT "id" FROM "users" WHERE "name" = ?');
});

test('what iterate is given is looked at when it is called, as untraced, and its refusal is a span', (t) => {
  const spans = trace(t, (db) => {
    const statement = db.prepare('SELECT * FROM users WHERE id = ?');
    t.throws(() => statement.iterate(Symbol('no value') as never), { message: /cannot be bound/ });
    t.throws(
      () => db.createTagStore().iterate`SELECT * FROM users WHERE id = ${Symbol('no value') as never}`,
      {
        message: /cannot be bound/,
      },
    );
  });
  matchTree(
    spans,
    `
    test work
      test SELECT users (client) ERROR
      test SELECT users (client) ERROR
    `,
  );
  t.like(spans[0]?.logs[0]?.fields, { event: 'error', 'error.code': 'ERR_INVALID_ARG_TYPE' });
});

/** Uses of rows that are read one by one, which answer all that the reader gets to see. */
const readings: Record<string, (db: DatabaseSync) => unknown> = {
  'to their end and on': (db) => {
    const rows = db.prepare('SELECT name FROM users').iterate();
    return [rows.next(), rows.next(), rows.next()];
  },
  'until the reader leaves': (db) => {
    const rows = db.prepare('SELECT name FROM users').iterate();
    return [rows.next(), rows.return?.(), rows.next(), rows.return?.()];
  },
  'not at all': (db) => {
    const rows = db.prepare('SELECT name FROM users').iterate();
    return [rows.return?.(), rows.next()];
  },
  'until they fail, and on': (db) => {
    const rows = db.prepare('SELECT abs(-9223372036854775808) FROM users').iterate();
    return [messageOf(() => rows.next()), messageOf(() => rows.next())];
  },
  'until the statement runs again': (db) => {
    const statement = db.prepare('SELECT name FROM users');
    const rows = statement.iterate();
    return [rows.next(), statement.all(), messageOf(() => rows.next()), messageOf(() => rows.return?.())];
  },
  'by the methods that rows have': (db) => {
    const rows = db.prepare('SELECT name FROM users').iterate();
    return ['throw' in rows, String(rows), rows[Symbol.iterator]() === rows, rows.map(Object.keys).toArray()];
  },
};

function messageOf(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return String(error);
  }
}

for (const [how, read] of Object.entries(readings))
  test(`rows that are read ${how} are as untraced`, (t) => {
    const raw = new DatabaseSync(':memory:');
    t.teardown(() => raw.close());
    raw.exec("CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('Ada')");
    const untraced = read(raw);
    const tracing = createMemoryTracing();
    t.deepEqual(
      inSpan('work', {}, () => read(tracedDatabase(raw))),
      untraced,
    );
    t.is(tracing.stats().unfinished, 0);
  });

test('rows that fail are one span with one error, however often they are asked', (t) => {
  const [span, ...others] = trace(t, (db) => {
    const rows = db.prepare('SELECT abs(-9223372036854775808) FROM users').iterate();
    t.throws(() => rows.next(), { message: 'integer overflow' });
    t.throws(() => rows.next(), { message: 'integer overflow' });
  });
  t.is(span?.operation, 'SELECT users');
  t.is(span?.tags['error'], true);
  t.is(span?.logs.length, 1);
  t.is(others.length, 1);
});

test('a statement that fails is an error, and fails as it would untraced', (t) => {
  const [span] = trace(t, (db) => {
    const insert = db.prepare('INSERT INTO users (name) VALUES (?)');
    t.throws(() => insert.run('Ada'), { message: /UNIQUE constraint failed/ });
  });
  t.is(span?.tags['error'], true);
  t.like(span?.logs[0]?.fields, { event: 'error', message: 'UNIQUE constraint failed: users.name' });
});

test('a statement that cannot be prepared is an error, and fails as it would untraced', (t) => {
  const spans = trace(t, (db) => {
    t.throws(() => db.prepare('SELECT id FROM nobody'), {
      code: 'ERR_SQLITE_ERROR',
      message: /no such table/,
    });
    t.throws(() => db.prepare('UPDATE users SIT id = 1'), {
      code: 'ERR_SQLITE_ERROR',
      message: /syntax error/,
    });
    t.truthy(db.prepare('DELETE FROM users'));
  });
  matchTree(
    spans,
    `
    test work
      test SELECT nobody (client) ERROR
      test UPDATE users (client) ERROR
    `,
  );
  t.is(spans[0]?.tags['db.statement'], 'SELECT id FROM nobody');
  t.like(spans[0]?.logs[0]?.fields, { event: 'error', message: 'no such table: nobody' });
});

for (const [sql, message] of [
  ['SELECT id FROM users WHERE name = "secret"', /^no such column: \? - should this be a string literal/],
  ["SELECT id FROM users WHERE name = 'O'secret'", /^near \?: syntax error$/],
  [`SELECT id FROM users WHERE name = 'O"secret`, /^unrecognized token: \?$/],
] as const)
  test(`what the error quotes of ${sql} is taken out of the span, not out of the error`, (t) => {
    const [prepared, executed] = trace(t, (db) => {
      t.throws(() => db.prepare(sql), { code: 'ERR_SQLITE_ERROR', message: /secret/ });
      t.throws(() => db.exec(sql), { code: 'ERR_SQLITE_ERROR', message: /secret/ });
    });
    for (const span of [prepared, executed]) {
      const { message: shown, stack, ...others } = span?.logs[0]?.fields ?? {};
      t.regex(String(shown), message);
      t.true(String(stack).startsWith(`Error: ${shown}\n    at `));
      t.deepEqual(others, { event: 'error', 'error.kind': 'Error', 'error.code': 'ERR_SQLITE_ERROR' });
      t.notRegex(JSON.stringify(span?.logs), /secret/);
      if (sql.includes('"secret"')) t.notRegex(String(span?.tags['db.statement']), /secret/);
    }
  });

for (const [sql, value, message] of [
  ['SELECT json_extract(?, ?)', ['{}', 'secret'], 'bad JSON path: ?'],
  ['SELECT * FROM words WHERE words MATCH ?', ['secret:x'], 'no such column: ?'],
  ["ATTACH 'secret/x/y' AS z", [], 'unable to open database: ?'],
  ['INSERT INTO users (id) VALUES (1), (1)', [], 'UNIQUE constraint failed: users.id'],
] as const)
  test(`the span of a failed ${sql} says ${message}`, (t) => {
    const spans = trace(t, (db) => {
      db.exec('CREATE VIRTUAL TABLE words USING fts5(word)');
      t.throws(() => db.prepare(sql).all(...value), { code: 'ERR_SQLITE_ERROR' });
    });
    const span = spans.find(({ logs }) => logs.length > 0);
    t.is(span?.logs[0]?.fields['message'], message);
    t.notRegex(JSON.stringify(span), /secret/);
  });

test('without an active span what cannot be prepared is no span either', (t) => {
  const tracing = createMemoryTracing();
  const db = tracedDatabase(new DatabaseSync(':memory:'));
  t.teardown(() => db.close());
  t.throws(() => db.prepare('SELECT id FROM nobody'), { message: /no such table/ });
  t.is(tracing.stats().started, 0);
});

test('a statement that waits in vain to be prepared is a span as long as that', (t) => {
  const file = join(temporaryFolder(t), 'locked.sqlite');
  const other = new DatabaseSync(file);
  t.teardown(() => other.close());
  other.exec('CREATE TABLE users (id); BEGIN EXCLUSIVE');
  const tracing = createMemoryTracing();
  const db = tracedDatabase(new DatabaseSync(file, { timeout: 50 }));
  t.teardown(() => db.close());
  inSpan('work', {}, () => t.throws(() => db.prepare('SELECT id FROM users'), { message: /locked/ }));
  const [span] = tracing.spans;
  t.is(span?.operation, 'SELECT users');
  t.true((span?.durationUs ?? 0) >= 25_000);
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

test('the database and its statements stay what they are to Node', async (t) => {
  const folder = temporaryFolder(t);
  const spans = await traced(t, () =>
    inSpan('work', {}, async () => {
      using db = tracedDatabase(new DatabaseSync(':memory:'));
      t.is(db.constructor, DatabaseSync);
      db.exec('CREATE TABLE users (id INTEGER)');
      t.true((await backup(db, join(folder, 'copy.sqlite'))) > 0);
      const statement = db.prepare('SELECT id FROM users');
      t.true(statement instanceof StatementSync);
      t.is(statement.sourceSQL, 'SELECT id FROM users');
      t.throws(() => db.exec(123 as never), { code: 'ERR_INVALID_ARG_TYPE' });
      t.throws(() => db.prepare(undefined as never), { code: 'ERR_INVALID_ARG_TYPE' });
    }),
  );
  matchTree(spans, 'test work\n  test CREATE users (client)');
});

test('a database that is traced already stays as it is', (t) => {
  const spans = trace(t, (db) => tracedDatabase(db).prepare('SELECT 1 FROM users').get());
  matchTree(spans, 'test work\n  test SELECT users (client)');
});

test('statements of a tag store have spans, without their values', (t) => {
  const spans = trace(t, (db) => {
    const sql = db.createTagStore();
    t.is(sql.run`INSERT INTO users (name) VALUES (${'secret'})`.changes, 1);
    t.like(sql.get`SELECT id FROM users WHERE name = ${'secret'}`, { id: 2 });
    t.is(sql.all`SELECT id FROM users`.length, 2);
    t.is([...sql.iterate`SELECT id FROM users`].length, 2);
  });
  matchTree(
    spans,
    `
    test work
      test INSERT users (client)
      test SELECT users (client)
      test SELECT users (client)
      test SELECT users (client)
    `,
  );
  t.is(spans[1]?.tags['db.statement'], 'SELECT id FROM users WHERE name = ?');
  t.notRegex(JSON.stringify(spans), /secret/);
});

test('a statement may be as long as SQLite takes it', (t) => {
  const long = 'x'.repeat(20_000_000);
  const spans = trace(t, (db) => {
    db.exec(`INSERT INTO users (name) VALUES ('${long}')`);
    t.is(db.prepare(`SELECT length('${long}') AS length FROM users`).get()?.['length'], long.length);
  });
  t.is(spans[0]?.tags['db.statement'], 'INSERT INTO users (name) VALUES (?');
});

test('a number of any length, and what is none, takes no time to read', (t) => {
  const digits = '1'.repeat(15_000);
  const [span] = trace(t, (db) => t.throws(() => db.exec(`SELECT ${digits}x`)));
  t.is(span?.tags['db.statement'], 'SELECT ?x');
});

test('rows that are left before the last end their span once nobody can read on', async (t) => {
  const tracing = createMemoryTracing();
  const raw = new DatabaseSync(':memory:');
  t.teardown(() => raw.close());
  raw.exec('CREATE TABLE users (id INTEGER); INSERT INTO users VALUES (1), (2)');
  inSpan('work', {}, () => tracedDatabase(raw).prepare('SELECT id FROM users').iterate().next());
  t.is(tracing.stats().unfinished, 1);
  await until(() => {
    collectGarbage();
    return tracing.stats().unfinished === 0;
  });
  matchTree(tracing.spans, 'test work\n  test SELECT users (client)');
});
