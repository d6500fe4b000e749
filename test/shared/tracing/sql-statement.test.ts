/** What the spans of statements show of these: a name, and the text without the values in it. */
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import fc from 'fast-check';
import { inSpan, tracedDatabase } from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';

const quoted = (mark: string) => (text: string) => mark + text.replaceAll(mark, mark + mark) + mark;

/** Parts of a statement in which nobody may read `SECRET`, and names, which stay, with all that could be taken for another part. */
const part = fc
  .string({ unit: fc.constantFrom("'", '"', '`', '-', '/', '*', '[', '?', ' ', '\n', 'a', '7', 'é') })
  .chain((around) => {
    const hidden = `${around}SECRET${around}`;
    return fc.constantFrom(
      quoted("'")(hidden),
      quoted('"')(hidden),
      `--${hidden.replaceAll('\n', '')}\n`,
      `/*${hidden.replaceAll('*/', '')}*/`,
      quoted('"')(around),
      quoted('`')(around),
      `[${around.replaceAll(']', '')}]`,
    );
  });

test('whatever surrounds a value, and whatever is in it, it is taken out', (t) => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), (parts) => {
      const tracing = createMemoryTracing();
      const db = tracedDatabase(fakeDatabase);
      inSpan('work', {}, () => db.exec(`SELECT ${parts.join(' , ')}`));
      t.notRegex(String(tracing.spans[0]?.tags['db.statement']), /SECRET/);
    }),
  );
});

/** What does not run cannot be wrong SQL. */
const fakeDatabase = { exec() {} } as unknown as DatabaseSync;

for (const [sql, shown] of [
  [`SELECT 1 WHERE 'x--y'='a'\n AND 'secret'='b'`, 'SELECT ? WHERE ?=? AND ?=?'],
  [`SELECT 'a' AS "it's", 'secret' AS x`, `SELECT ? AS "it's", ? AS x`],
  ["SELECT x'5ec8e7', 0xDEADBEEF, .5, 1_000, -1.5e3, 7.", 'SELECT ?, ?, ?, ?, ?, ?'],
  ['SELECT ?1, :2a, @b, $c1, t1.a2 FROM t1', 'SELECT ?1, :2a, @b, $c1, t1.a2 FROM t1'],
  ["SELECT 'secret", 'SELECT ?'],
  ['SELECT * FROM "users" WHERE "name" = "secret"', 'SELECT * FROM "users" WHERE ? = ?'],
  ['SELECT * FROM a JOIN "b" ON a."id" = "b".id', 'SELECT * FROM a JOIN "b" ON a."id" = "b".id'],
  ['SELECT "a"."b" AS "c", "secret" FROM main."a"', 'SELECT "a"."b" AS "c", ? FROM main."a"'],
  ['UPDATE OR IGNORE "users" SET name="secret"', 'UPDATE OR IGNORE "users" SET name=?'],
  ['INSERT OR IGNORE INTO "users" VALUES ("secret")', 'INSERT OR IGNORE INTO "users" VALUES (?)'],
  ['DROP TABLE IF EXISTS "users"', 'DROP TABLE IF EXISTS "users"'],
  ['DELETE FROM `users` WHERE [name] = `nick`', 'DELETE FROM `users` WHERE [name] = `nick`'],
  ['VACUUM INTO "secret"', 'VACUUM INTO ?'],
  ['SELECT * FROM "secret', 'SELECT * FROM ?'],
  ['SELECT 1 /* secret', 'SELECT ?'],
] as const)
  test(`${sql.replaceAll('\n', ' ')} is shown as ${shown}`, (t) => {
    const tracing = createMemoryTracing();
    inSpan('work', {}, () => tracedDatabase(fakeDatabase).exec(sql));
    t.is(tracing.spans[0]?.tags['db.statement'], shown);
  });

test('a text in double quotes is taken out wherever SQLite takes one', (t) => {
  const raw = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true });
  t.teardown(() => raw.close());
  raw.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)');
  const operators = ['=', '==', '<>', '!=', '<', '>', '<=', '>=', '||', '->', 'LIKE', 'GLOB'];
  const words = ['IS', 'IS NOT', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM', 'NOT LIKE', 'AND', 'OR'];
  const conditions = [
    ...[...operators, ...words].map((operator) => `name ${operator} "secret"`),
    ...['"secret" = name', 'name BETWEEN "secret" AND "secret"', 'NOT "secret"', 'name IN (1, "secret")'],
    ...['name = "so ""secret"""', 'length("secret") > 1', 'CASE "secret" WHEN "secret" THEN "secret" END'],
    ...[`name LIKE 'a' ESCAPE substr("secret", 1, 1)`, 'name = -"secret"', 'name = "secret" COLLATE nocase'],
  ];
  const statements = [
    ...conditions.map((condition) => `SELECT id FROM users WHERE ${condition}`),
    ...['SELECT "secret"', 'SELECT DISTINCT "secret" text', 'SELECT 1 ORDER BY "secret" || 1'],
    ...['INSERT INTO users (name) VALUES ("a"), ("secret")', 'UPDATE users SET name = "secret"'],
    ...['CREATE TABLE t (a DEFAULT "secret")', 'DELETE FROM users RETURNING "secret"'],
  ];
  const tracing = createMemoryTracing();
  const db = tracedDatabase(raw);
  for (const sql of statements) {
    inSpan('work', {}, () => db.exec(sql));
    t.notRegex(String(tracing.spans.at(-2)?.tags['db.statement']), /secret/, sql);
  }
  t.is(tracing.spans.length, 2 * statements.length);
});

for (const [sql, name] of [
  ['INSERT OR REPLACE INTO users VALUES (1)', 'INSERT users'],
  ['REPLACE INTO users VALUES (1)', 'REPLACE users'],
  ['DELETE FROM main.users', 'DELETE users'],
  ...['ABORT', 'FAIL', 'IGNORE', 'REPLACE', 'ROLLBACK'].map(
    (otherwise) => [`UPDATE OR ${otherwise} users SET name = ?`, 'UPDATE users'] as const,
  ),
  ['SELECT * FROM main.users', 'SELECT users'],
  ['UPDATE main . "my users" SET name = ?', 'UPDATE my users'],
  ['SELECT * FROM [main].`a``b`', 'SELECT a`b'],
  ['SELECT * FROM "weird-name"', 'SELECT weird-name'],
  ['SELECT * FROM "say ""hi""\n"', 'SELECT say "hi"'],
  ['SELECT * FROM "from"', 'SELECT from'],
  ['SELECT * FROM tablé', 'SELECT tablé'],
  ['SELECT * FROM /* all */ users', 'SELECT users'],
  ['SELECT name AS "from x" FROM users', 'SELECT users'],
  ['SELECT "from" x, `update` FROM users', 'SELECT users'],
  ['SELECT name IS DISTINCT FROM nick FROM users', 'SELECT users'],
  ['SELECT * FROM (SELECT * FROM users)', 'SELECT users'],
  ['SELECT EXISTS (SELECT 1 FROM users)', 'SELECT users'],
  ['SELECT name, (SELECT count(*) FROM orders) FROM users', 'SELECT users'],
  ['WITH recent AS (SELECT * FROM orders) SELECT * FROM recent', 'WITH orders'],
  ['WITH recent AS (SELECT * FROM orders) DELETE FROM users', 'DELETE users'],
  ['WITH r AS (SELECT 1 FROM orders) INSERT OR IGNORE INTO users SELECT * FROM r', 'INSERT users'],
  ['CREATE TABLE IF NOT EXISTS main.users (id)', 'CREATE users'],
  ['DROP TABLE IF EXISTS users', 'DROP users'],
  ['DROP TABLE if', 'DROP if'],
  ['CREATE TRIGGER tr AFTER UPDATE ON users BEGIN DELETE FROM orders; END', 'CREATE tr'],
  ['DROP TRIGGER main.tr', 'DROP tr'],
  ['CREATE UNIQUE INDEX by_name ON users (name)', 'CREATE by_name'],
  ['CREATE VIEW adults AS SELECT * FROM users', 'CREATE adults'],
  ['PRAGMA user_version', 'PRAGMA'],
  ['VACUUM INTO `copy.sqlite`', 'VACUUM'],
  ["SELECT * FROM 'users'", 'SELECT'],
  ['SELECT * FROM "users', 'SELECT'],
  [`SELECT * FROM ${'x'.repeat(1000)}`, `SELECT ${'x'.repeat(72)}…`],
  ['x'.repeat(1000), `${'X'.repeat(79)}…`],
  ['', 'SQL'],
] as const)
  test(`the span of ${JSON.stringify(sql).slice(0, 90)} is called ${name.slice(0, 20)}`, (t) => {
    const tracing = createMemoryTracing();
    inSpan('work', {}, () => tracedDatabase(fakeDatabase).exec(sql));
    t.is(tracing.spans[0]?.operation, name);
  });

test('whatever a long statement repeats, it takes no time to read', (t) => {
  createMemoryTracing();
  const db = tracedDatabase(fakeDatabase);
  const startMs = performance.now();
  inSpan('work', {}, () => {
    for (const part of [
      '"',
      '"a',
      '[',
      '(',
      "'",
      '/*',
      '-',
      'FROM ',
      'FROM(',
      'UPDATE OR ',
      'WITH ',
      '1.',
      'é',
    ])
      db.exec(`SELECT ${part.repeat(60_000 / part.length)}"`);
  });
  t.true(performance.now() - startMs < 3000);
});
