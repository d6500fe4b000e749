/** A small disk of a test's own, which it can fill and make read-only: nobody else sees it, and no rights are needed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test, { type Implementation } from 'ava';
import type { Owner } from './processes.ts';

// In namespaces of its own anybody is root, over mounts that are gone with the last process that is in there.
const OWN_NAMESPACES = ['--user', '--map-root-user', '--mount'];

/** The `test` of tests that need a disk of their own: skipped, with the reason, where nobody may mount one. */
export function diskTest(title: string, run: Implementation<[]>): void {
  if (mayMount()) test.serial(title, run);
  else test.skip(`${title} (skipped: this machine lets nobody mount a disk of his own)`, run);
}

function mayMount(): boolean {
  return spawnSync('unshare', [...OWN_NAMESPACES, 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0;
}

/** The disk. */
export interface OwnDisk {
  /** What comes before a command that shall run where the disk is: it finds it at `folder`. */
  readonly enter: readonly string[];
  /** Where the commands find it. */
  readonly folder: string;
  /** Where the test itself finds it. */
  readonly path: string;
  /** Writes until not a byte more goes in. */
  fill(): void;
  /** Makes room again. */
  empty(): void;
  /** @throws where a file is open for writing */
  remount(access: 'ro' | 'rw'): void;
}

/** Mounts a disk of so many bytes over this folder, until the owner has ended. */
export async function mountDisk(owner: Owner, folder: string, bytes: number): Promise<OwnDisk> {
  const script = 'mount -t tmpfs -o "size=$2" tmpfs "$1" && echo mounted && exec cat';
  const holder = spawn('unshare', [...OWN_NAMESPACES, 'sh', '-c', script, 'sh', folder, String(bytes)], {
    stdio: ['pipe', 'pipe', 'inherit'], // reads until this process has ended, however it does
  });
  owner.teardown(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  const enter = ['nsenter', '--target', String(holder.pid), '--user', '--preserve-credentials', '--mount'];
  const path = join(`/proc/${holder.pid}/root`, folder);
  const filler = join(path, 'filler');

  return {
    // To enter a namespace leads out of the folder that one was in.
    enter: [...enter, 'sh', '-c', 'cd "$0" && exec "$@"', process.cwd()],
    folder,
    path,
    fill: () => writeAll(filler),
    empty: () => rmSync(filler),
    remount(access) {
      const [program = '', ...args] = [...enter, 'mount', '-o', `remount,bind,${access}`, folder];
      const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
    },
  };
}

function writeAll(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const size of [4096, 1]) while (fits(file, size));
  } finally {
    closeSync(file);
  }
}

function fits(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
