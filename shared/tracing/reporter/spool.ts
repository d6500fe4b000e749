import type { Clock } from './clock.ts';
import type { ReporterLogger } from './drop-log.ts';
import type { Payload } from './payload.ts';
import { Refusals } from './refusals.ts';
import type { SpoolDisk } from './spool-disk.ts';
import { formatSpoolHeader, hashKind, measureSpoolHeader, type SpoolKind } from './spool-file.ts';
import { isForbidden, isMissing, SpoolFolder } from './spool-folder.ts';
import { badName, claimedName, formatSpoolName, parseSpoolName, type SpoolName } from './spool-name.ts';
import { createOwner, isAbandoned } from './spool-owner.ts';

/** Where a spool is, what it may hold, and for whom. */
export interface SpoolOptions {
  readonly dir: string;
  readonly maxBytes: number;
  readonly kind: SpoolKind;
  /** How long a claim holds; longer than any request can take. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly disk: SpoolDisk;
  readonly logger: ReporterLogger;
}

/** What became of a payload that was to be written. */
export type SpoolResult =
  | { readonly kind: 'spooled'; readonly file: string }
  | { readonly kind: 'full' | 'failed' };

/** A spool file that this process alone may send now. */
export interface Claim {
  readonly payload: Payload;
  /** Whether this very spool wrote it. */
  readonly own: boolean;
  readonly refusals: Refusals;
  /** It is dealt with: deletes the file. */
  finish(): void;
  /** Lets it lie for a later attempt, by whomever; says whether it was still there. */
  release(): boolean;
}

/** A count of what is in the folder is believed for so long, with what was written and sent since added. */
const COUNT_HOLDS_MS = 10_000;

/**
 * Payloads in files of a folder that several processes, and their successors, share: each file is written under a
 * temporary name and renamed when it is whole, claimed by one sender by a rename, and deleted when it is sent. Nothing
 * here throws or rejects.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #folder: SpoolFolder;
  readonly #kindHash: string;
  readonly #owner = createOwner();
  readonly #refusals = new Map<string, Refusals>();
  #number = 0;
  #usedBytes = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  #isFull = false;
  #ready: string[] = [];

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#folder = new SpoolFolder(options);
    this.#kindHash = hashKind(options.kind);
  }

  /** Whether it is worth trying: false for a while after the disk has failed. */
  get works(): boolean {
    return this.#folder.works;
  }

  /** Whether it is worth writing: it works, and is not known to be full. */
  get mayWrite(): boolean {
    return this.works && (!this.#isFull || this.#isCountOld());
  }

  /** Writes a payload to a file of its own. */
  async write(payload: Payload): Promise<SpoolResult> {
    try {
      this.#folder.prepare();
      if (this.#isCountOld()) this.#count(await this.#folder.list());
      const file = this.#reserve(payload);
      if (file === undefined) return { kind: 'full' };
      await this.#folder.write(file.name, file.parts);
      return { kind: 'spooled', file: file.name };
    } catch (error) {
      return this.#fail(error);
    }
  }

  /**
   * The same, without returning to the event loop, for a process about to die. The file outlives the process at once,
   * but the machine only after `syncNow`: to wait for the disk with each of thousands of files takes minutes.
   */
  writeNow(payload: Payload): SpoolResult {
    try {
      this.#folder.prepare();
      if (this.#isCountOld()) this.#count(this.#folder.listNow());
      const file = this.#reserve(payload);
      if (file === undefined) return { kind: 'full' };
      this.#folder.writeNow(file.name, file.parts);
      return { kind: 'spooled', file: file.name };
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Waits until a file is on the disk. */
  syncNow(file: string): void {
    this.#folder.syncNow(file);
  }

  /** Deletes a file that turned out not to be needed. */
  remove(file: string): void {
    this.#folder.remove(file);
  }

  /** Claims the next file to be sent; undefined where there is none. */
  async claim(): Promise<Claim | undefined> {
    try {
      if (this.#ready.length === 0) this.#ready = await this.#findReady();
      for (let name = this.#ready.shift(); name !== undefined; name = this.#ready.shift()) {
        const claim = await this.#claim(name);
        if (claim !== undefined) return claim;
      }
    } catch (error) {
      if (!isMissing(error)) this.#fail(error);
    }
    return undefined;
  }

  /** Names the file for a payload and counts it; undefined where there is no room. */
  #reserve(payload: Payload): { name: string; parts: Uint8Array[] } | undefined {
    const { kind, maxBytes } = this.#options;
    const bytes = measureSpoolHeader(kind) + payload.bytes.byteLength;
    this.#isFull = this.#usedBytes + bytes > maxBytes;
    if (this.#isFull) return undefined;
    this.#usedBytes += bytes;
    this.#number += 1;
    const name = formatSpoolName({
      writtenAt: this.#options.clock.now(),
      owner: this.#owner,
      number: this.#number,
      spans: payload.spans,
      bytes,
      kind: this.#kindHash,
    });
    return { name, parts: [formatSpoolHeader(payload, kind), payload.bytes] };
  }

  #isCountOld(): boolean {
    return Math.abs(this.#options.clock.now() - this.#countedAt) > COUNT_HOLDS_MS;
  }

  /** Counts what is there, whoever wrote it. */
  #count(names: readonly string[]): SpoolName[] {
    const files = names.map(parseSpoolName).filter((file) => file !== undefined);
    this.#usedBytes = files.reduce((sum, file) => sum + file.bytes, 0);
    this.#countedAt = this.#options.clock.now();
    return files;
  }

  /** Lists what is ready for our kind of collector, the least refused first, then by age; takes over what is abandoned. */
  async #findReady(): Promise<string[]> {
    const files = this.#count(await this.#folder.list());
    const ready: string[] = [];
    for (const file of files) {
      if (file.kind !== this.#kindHash || file.state === 'bad') continue;
      if (file.state === 'ready' || (await this.#takeOver(file))) ready.push(file.batch);
    }
    const present = new Set(files.map((file) => file.batch));
    for (const name of this.#refusals.keys()) if (!present.has(name)) this.#refusals.delete(name);
    const failures = (name: string): number => this.#refusals.get(name)?.failures ?? 0;
    return ready.sort((a, b) => failures(a) - failures(b) || (a < b ? -1 : 1));
  }

  /** Makes a file ready again whose writer or sender is gone; says whether it did. */
  async #takeOver(file: SpoolName): Promise<boolean> {
    const { clock, leaseMs } = this.#options;
    const mark = file.claim ?? { owner: file.owner, at: file.writtenAt };
    if (!isAbandoned(mark, { self: this.#owner, nowMs: clock.now(), leaseMs })) return false;
    // Of a writer that died between the first byte and the rename, either all is there, or it is of no use.
    if (file.state === 'claimed' || (await this.#mayBeWhole(file)))
      return this.#folder.rename(file.name, file.batch);
    this.#folder.remove(file.name);
    return false;
  }

  async #mayBeWhole({ name, bytes }: SpoolName): Promise<boolean> {
    try {
      return (await this.#folder.read(name, bytes)) !== undefined;
    } catch (error) {
      if (isForbidden(error)) return true;
      throw error;
    }
  }

  async #claim(name: string): Promise<Claim | undefined> {
    const named = parseSpoolName(name);
    const claimed = claimedName(name, this.#owner, this.#options.clock.now());
    if (named === undefined || !this.#folder.rename(name, claimed)) return undefined;
    const payload = await this.#read(named, claimed);
    if (payload === undefined) return undefined;
    const refusals = this.#refusals.get(name) ?? new Refusals();
    this.#refusals.set(name, refusals);
    return {
      payload,
      own: named.owner === this.#owner,
      refusals,
      finish: () => {
        this.#refusals.delete(name);
        if (this.#folder.remove(claimed)) this.#usedBytes -= named.bytes;
        this.#isFull = false;
      },
      release: () => this.#folder.rename(claimed, name),
    };
  }

  /** Reads a claimed file, and sets it aside where it is torn, foreign or another user's. */
  async #read({ batch, bytes }: SpoolName, claimed: string): Promise<Payload | undefined> {
    const { kind, logger } = this.#options;
    const file = await this.#folder.read(claimed, bytes).catch((error): undefined => {
      if (isForbidden(error)) return;
      this.#folder.rename(claimed, batch); // a failing disk, or no file descriptor left, says nothing about the file
      throw error;
    });
    if (file?.kind.contentType === kind.contentType && file.kind.endpointKind === kind.endpointKind)
      return file.payload;
    this.#folder.rename(claimed, badName(batch));
    const path = this.#folder.path(badName(batch));
    logger.warn(
      { file: path },
      'spool file set aside: torn, not of this spool, or not to be read by this user',
    );
    return undefined;
  }

  #fail(error: unknown): SpoolResult {
    this.#folder.fail(error);
    this.#countedAt = Number.NEGATIVE_INFINITY;
    return { kind: 'failed' };
  }
}
