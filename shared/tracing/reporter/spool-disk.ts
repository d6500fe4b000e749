import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a spool needs of a file system. Contents go the asynchronous way, but for a process about to die. */
export interface SpoolDisk {
  /** Makes the folder, or sees that it is one that nobody else may write to. */
  prepare(dir: string): void;
  list(dir: string): Promise<string[]>;
  listNow(dir: string): string[];
  /** Writes a new file and has it on the disk when it resolves. */
  write(path: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Writes a new file, and leaves it to `syncNow`, or to the kernel's leisure, to have it on the disk. */
  writeNow(path: string, parts: readonly Uint8Array[]): void;
  syncNow(path: string): void;
  /** Reads a file; undefined where it is not a regular one of exactly this size. */
  read(path: string, bytes: number): Promise<Buffer | undefined>;
  rename(from: string, to: string): void;
  remove(path: string): void;
}

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const WRITABLE_BY_OTHERS = 0o022;
// No link is followed and no pipe waited for, whatever lies under a spool file's name.
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The file system of this machine. */
export const systemDisk: SpoolDisk = {
  prepare(dir) {
    makeFolder(dir);
    if (process.platform !== 'win32' && (statSync(dir).mode & WRITABLE_BY_OTHERS) !== 0)
      throw new Error(`${dir} may be written to by others: chmod 700 it, or name another folder`);
  },

  list: (dir) => readdir(dir),

  listNow: (dir) => readdirSync(dir),

  async write(path, parts) {
    await using file = await open(path, 'wx', FILE_MODE);
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  },

  writeNow(path, parts) {
    const file = openSync(path, 'wx', FILE_MODE);
    try {
      for (const part of parts) writeFileSync(file, part);
    } finally {
      closeSync(file);
    }
  },

  syncNow(path) {
    const file = openSync(path, 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },

  async read(path, bytes) {
    await using file = await open(path, READ).catch(ignoreLink);
    const stat = await file?.stat();
    return stat?.isFile() && stat.size === bytes ? file?.readFile() : undefined;
  },

  rename: (from, to) => renameSync(from, to),

  remove: (path) => unlinkSync(path),
};

/**
 * Makes a folder, and those above it that are missing. Node's own way, `recursive`, never returns where a folder that is
 * there takes no other one and says ENOENT, as /proc does.
 */
function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { mode: FOLDER_MODE });
  } catch (error) {
    if (existsSync(dir) && statSync(dir).isDirectory()) return;
    const parent = dirname(dir);
    const isParentMissing = (error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(parent);
    if (!isParentMissing || parent === dir) throw error;
    makeFolder(parent);
    makeFolder(dir);
  }
}

function ignoreLink(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ELOOP') throw error;
}
