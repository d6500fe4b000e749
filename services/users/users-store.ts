/** Keeps users in a SQLite file, which several processes of one machine may share. */
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { User } from '#shared/contracts/users.ts';
import { tracedDatabase } from '#shared/tracing/index.ts';
import type { UsersStore } from './users.ts';
import { UsersStoreError } from './users-errors.ts';

/** A store that holds a file open. */
export interface OpenUsersStore extends UsersStore {
  close(): void;
}

const BUSY_TIMEOUT_MS = 5000;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

// Each entry takes the schema one version further. What has been released is never edited, only added to.
const MIGRATIONS = [
  `CREATE TABLE users (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     email TEXT NOT NULL UNIQUE COLLATE NOCASE,
     password_hash TEXT NOT NULL,
     created_at TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX users_by_age ON users (created_at, id);`,
];

/**
 * Opens the file, made with its folder where it is missing, and brings its schema up to date.
 * @param path of the file, or `:memory:`
 * @throws {UsersStoreError}
 */
export function openUsersStore(path: string): OpenUsersStore {
  const db = tracedDatabase(openDatabase(path), { instance: basename(path) });
  const insert = db.prepare(
    'INSERT INTO users (id, name, email, password_hash, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const find = db.prepare('SELECT id, name, email, created_at AS createdAt FROM users WHERE id = ?');
  const list = db.prepare(
    'SELECT id, name, email, created_at AS createdAt FROM users ORDER BY created_at, id LIMIT ? OFFSET ?',
  );
  const count = db.prepare('SELECT count(*) AS total FROM users');

  return {
    insert({ id, name, email, passwordHash, createdAt }) {
      try {
        insert.run(id, name, email, passwordHash, createdAt);
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },
    find: (id) => find.get(id) as User | undefined,
    list: ({ limit, offset }) => list.all(limit, offset) as unknown as User[],
    count: () => Number(count.get()?.['total']),
    close: () => db.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      migrate(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsersStoreError(`The users' database ${path} cannot be used: ${reason}`, { cause });
  }
}

/** One process at a time: nodes that start together would make the table twice. */
function migrate(db: DatabaseSync): void {
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > MIGRATIONS.length) {
      throw new Error(`its schema has version ${version}, this program knows ${MIGRATIONS.length}`);
    }
    for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_CONSTRAINT_UNIQUE;
}
