/** Keeps two `npm start` of one folder apart, which would otherwise be one mesh with two stand-ins. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPrivateFolder, privateFolder } from '#shared/private-folder.ts';

/** Options of {@link claimNamespace}. */
export interface NamespaceClaim {
  /** The project's folder: two clones of it never compete. */
  root: string;
  /** Where folders for a while lie. @default os.tmpdir() */
  tmp?: string;
}

/**
 * The namespace that is wanted, to the first process that claims it for this folder; to others, while that one runs, one
 * of their own. What is claimed stays so until this process ends, however it does.
 */
export function claimNamespace(wanted: string, { root, tmp }: NamespaceClaim): string {
  const folder = privateFolder(tmp);
  openPrivateFolder(folder);
  const name = createHash('sha256').update(`${root}\0${wanted}`).digest('hex').slice(0, 16);
  // Node has no file locks, but SQLite has: the system takes them back even from a process that was killed.
  const lock = new DatabaseSync(join(folder, `${name}.lock`), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    claims.push(lock);
    return wanted;
  } catch {
    lock.close();
    return `${wanted}-${process.pid}`;
  }
}

// Held for good: a database that is collected as garbage would give its lock back.
const claims: DatabaseSync[] = [];
