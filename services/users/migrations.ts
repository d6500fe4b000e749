/** The schema of the users' database, version by version. */
import type { DatabaseSync } from 'node:sqlite';

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
 * Brings the schema up to date, one process at a time: nodes that start together would make the tables twice.
 * @throws where the schema is of a later version than this program knows
 */
export function migrate(db: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > migrations.length) {
      throw new Error(`its schema has version ${version}, this program knows ${migrations.length}`);
    }
    for (const migration of migrations.slice(version)) db.exec(migration);
    if (version < migrations.length) db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
