/** A folder for a while that only its user can read, for what the processes of one user tell each other. */
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the folder is, whether it is there or not. */
export function privateFolder(tmp: string = tmpdir()): string {
  return join(tmp, `tracemesh-${process.getuid?.() ?? 'nodes'}`);
}

/**
 * Makes the folder where it is missing. Folders for a while are everybody's: another user may have made one of this name,
 * to be let in.
 * @throws where it is not this user's alone
 */
export function openPrivateFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const folder = lstatSync(path);
  const mine = folder.isDirectory() && (process.getuid === undefined || folder.uid === process.getuid());
  if (mine && (folder.mode & 0o077) === 0) return;
  throw new Error(`${path} is open to others: remove it, or set TMPDIR to a folder of your own`);
}
