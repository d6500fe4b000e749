import { join } from 'node:path';
import type { Clock } from './clock.ts';
import type { ReporterLogger } from './drop-log.ts';
import type { SpoolDisk } from './spool-disk.ts';
import { parseSpoolFile, type SpooledPayload } from './spool-file.ts';
import { writingName } from './spool-name.ts';

/** Which folder, and what on. */
export interface SpoolFolderOptions {
  readonly dir: string;
  readonly disk: SpoolDisk;
  readonly clock: Clock;
  readonly logger: ReporterLogger;
}

/** After a failure the disk is left alone for so long. */
const REST_MS = 30_000;

/** A folder of files that other processes rename and delete as well; what fails is logged once, then rested from. */
export class SpoolFolder {
  readonly #options: SpoolFolderOptions;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SpoolFolderOptions) {
    this.#options = options;
  }

  /** Whether it is worth trying: false for a while after a failure. */
  get works(): boolean {
    const restMs = this.#restsUntil - this.#options.clock.now();
    return restMs <= 0 || restMs > REST_MS; // the latter after a clock was set back
  }

  list(): Promise<string[]> {
    return this.#options.disk.list(this.#options.dir);
  }

  listNow(): string[] {
    return this.#options.disk.listNow(this.#options.dir);
  }

  /** Makes the folder, before each file: whoever cleans up temporary folders may have taken it away. */
  prepare(): void {
    this.#options.disk.prepare(this.#options.dir);
  }

  /** Writes a file that appears under its name when it is whole. */
  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    const { disk } = this.#options;
    await disk.write(this.path(writingName(name)), parts).catch((error) => this.#discard(name, error));
    disk.rename(this.path(writingName(name)), this.path(name));
  }

  /** The same, without returning to the event loop or waiting for the disk. */
  writeNow(name: string, parts: readonly Uint8Array[]): void {
    const { disk } = this.#options;
    try {
      disk.writeNow(this.path(writingName(name)), parts);
    } catch (error) {
      this.#discard(name, error);
    }
    disk.rename(this.path(writingName(name)), this.path(name));
  }

  /** Reads a file; undefined where it is torn or foreign. */
  async read(name: string, bytes: number): Promise<SpooledPayload | undefined> {
    const file = await this.#options.disk.read(this.path(name), bytes);
    return file && parseSpoolFile(file);
  }

  /** Renames a file; says whether it was still there. */
  rename(from: string, to: string): boolean {
    return this.#try(() => this.#options.disk.rename(this.path(from), this.path(to)));
  }

  /** Deletes a file; says whether it was still there. */
  remove(name: string): boolean {
    return this.#try(() => this.#options.disk.remove(this.path(name)));
  }

  /** Waits until a file is on the disk; says whether it was still there. */
  syncNow(name: string): boolean {
    return this.#try(() => this.#options.disk.syncNow(this.path(name)));
  }

  /** Notes that something does not work. */
  fail(error: unknown): void {
    const { clock, dir, logger } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    if (this.works) logger.warn({ dir, reason }, 'spool does not work');
    this.#restsUntil = clock.now() + REST_MS;
  }

  path(name: string): string {
    return join(this.#options.dir, name);
  }

  #discard(name: string, error: unknown): never {
    this.remove(writingName(name));
    throw error;
  }

  #try(change: () => void): boolean {
    try {
      change();
      return true;
    } catch (error) {
      if (!isMissing(error)) this.fail(error);
      return false;
    }
  }
}

/** Whether a file, or the whole folder, is just not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** Whether a file may not be read by this user: it does for others, and says nothing of the disk. */
export function isForbidden(error: unknown): boolean {
  return codeOf(error) === 'EACCES';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
