/** Keeps users in a SQLite file, which several processes of one machine may share. */
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { User } from '#shared/contracts/users.ts';
import { inSpan, tracedDatabase } from '#shared/tracing/index.ts';
import { migrate } from './migrations.ts';
import { isUniqueViolation, isUnusable } from './sqlite-errors.ts';
import type { UserChanges, UsersStore } from './users.ts';
import { UsersStoreError, UsersUnavailableError } from './users-errors.ts';

/** A store that holds a file open. */
export interface OpenUsersStore extends UsersStore {
  close(): void;
}

/** What {@link openUsersStore} may be told beside the path. */
export interface UsersStoreOptions {
  /** How long a statement waits, and this process with it, for another process that writes. @default 2000 */
  busyTimeoutMs?: number;
}

/**
 * Opens the file, made with its folder where it is missing, and brings its schema up to date. What the store then cannot
 * do, as its disk is full or read-only, is a {@link UsersUnavailableError}.
 * @param path of the file, or `:memory:`
 * @throws {UsersStoreError}
 */
export function openUsersStore(
  path: string,
  { busyTimeoutMs = 2000 }: UsersStoreOptions = {},
): OpenUsersStore {
  const instance = basename(path);
  const db = tracedDatabase(openDatabase(path, busyTimeoutMs), { instance });
  const columns = 'id, name, email, created_at AS createdAt';
  const insert = db.prepare(
    'INSERT INTO users (id, name, email, password_hash, created_at) VALUES (?, ?, ?, ?, ?)',
  );
  const find = db.prepare(`SELECT ${columns} FROM users WHERE id = ?`);
  const findHash = db.prepare(`SELECT ${columns}, password_hash AS passwordHash FROM users WHERE email = ?`);
  const list = db.prepare(`SELECT ${columns} FROM users ORDER BY created_at, id LIMIT ? OFFSET ?`);
  const count = db.prepare('SELECT count(*) AS total FROM users');
  const update = db.prepare(
    `UPDATE users SET name = ?, email = ?, password_hash = coalesce(?, password_hash) WHERE id = ?`,
  );
  const remove = db.prepare('DELETE FROM users WHERE id = ?');

  /** Statements that belong together, as one span. Whoever will write says so: two that read first would block each other. */
  function transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', statements: () => T): T {
    return inSpan('transaction', { tags: { component: 'sqlite', 'db.instance': instance } }, () => {
      db.exec(begin);
      try {
        const result = statements();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  function change(id: string, { passwordHash, ...changes }: UserChanges): User | 'not-found' | 'email-taken' {
    const user = find.get(id) as User | undefined;
    if (user === undefined) return 'not-found';
    const changed = { ...user, ...changes };
    const isKept = unlessTaken(() => update.run(changed.name, changed.email, passwordHash ?? null, id));
    return isKept ? changed : 'email-taken';
  }

  return {
    insert: ({ id, name, email, passwordHash, createdAt }) =>
      usable(() => unlessTaken(() => insert.run(id, name, email, passwordHash, createdAt))),
    find: (id) => usable(() => find.get(id) as User | undefined),
    findByEmail: (email) => usable(() => findHash.get(email) as ReturnType<UsersStore['findByEmail']>),
    page: ({ limit, offset }) =>
      usable(() =>
        transaction('BEGIN', () => ({
          items: list.all(limit, offset) as unknown as User[],
          total: Number(count.get()?.['total']),
        })),
      ),
    update: (id, changes) => usable(() => transaction('BEGIN IMMEDIATE', () => change(id, changes))),
    remove: (id) => usable(() => remove.run(id).changes > 0),
    close: () => db.close(),
  };
}

function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      db.exec('PRAGMA journal_mode = WAL');
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

/** False where another user has the e-mail address. */
function unlessTaken(write: () => unknown): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

function usable<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (isUnusable(error)) throw new UsersUnavailableError({ cause: error });
    throw error;
  }
}
