/**
 * The names of spool files say what is in them, so that a listing of the folder is enough to know how much is there,
 * for whom, and whose turn it is:
 *
 *     <written, ms>.<owner>.<number>.<spans>.<bytes>.<kind>.batch            ready to be sent by anybody
 *     ....batch.tmp                                                          being written by its owner
 *     ....batch.<claimed, ms>.<owner>.sending                                being sent by that owner
 *     ....batch.bad                                                          set aside
 *
 * A claim says when and by whom it was made in its name, because a rename is the one thing that is atomic.
 */
export interface SpoolName {
  readonly name: string;
  /** The name as a ready file, whatever its state: `<...>.batch`. */
  readonly batch: string;
  readonly owner: string;
  readonly spans: number;
  /** The size of the whole file, in bytes. */
  readonly bytes: number;
  readonly kind: string;
  readonly writtenAt: number;
  readonly state: 'ready' | 'writing' | 'claimed' | 'bad';
  /** Only where it is claimed. */
  readonly claim?: { readonly at: number; readonly owner: string };
}

const OWNER = '[\\w-]+~\\d+~\\w+';
const NAME = new RegExp(
  `^((\\d+)\\.(${OWNER})\\.\\d+\\.(\\d+)\\.(\\d+)\\.(\\w+)\\.batch)(?:(\\.tmp)|\\.(\\d+)\\.(${OWNER})\\.sending|(\\.bad))?$`,
);

/** Reads a file's name; undefined where it is not one of a spool. */
export function parseSpoolName(name: string): SpoolName | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, batch = '', writtenAt, owner = '', spans, bytes, kind = '', tmp, claimedAt, claimant, bad] = match;
  const named = {
    name,
    batch,
    owner,
    kind,
    spans: Number(spans),
    bytes: Number(bytes),
    writtenAt: Number(writtenAt),
  };
  if (tmp) return { ...named, state: 'writing' };
  if (bad) return { ...named, state: 'bad' };
  if (claimant === undefined) return { ...named, state: 'ready' };
  return { ...named, state: 'claimed', claim: { at: Number(claimedAt), owner: claimant } };
}

/** Makes the name of a ready file; fixed widths let names sort by age. */
export function formatSpoolName(parts: {
  writtenAt: number;
  owner: string;
  number: number;
  spans: number;
  bytes: number;
  kind: string;
}): string {
  const { writtenAt, owner, number, spans, bytes, kind } = parts;
  const age = String(Math.trunc(writtenAt)).padStart(14, '0');
  return `${age}.${owner}.${String(number).padStart(8, '0')}.${spans}.${bytes}.${kind}.batch`;
}

/** The name of a file while it is written. */
export const writingName = (batch: string): string => `${batch}.tmp`;

/** The name of a file while `owner` sends it. */
export const claimedName = (batch: string, owner: string, at: number): string =>
  `${batch}.${Math.trunc(at)}.${owner}.sending`;

/** The name of a file that is set aside. */
export const badName = (batch: string): string => `${batch}.bad`;
