/** Tells SQLite's errors apart, by its extended result codes: https://www.sqlite.org/rescode.html */

const CONSTRAINT_UNIQUE = 2067;
/** Busy, read-only, I/O error, corrupt, full, cannot open, not a database: the file's trouble, not the statement's. */
const UNUSABLE = new Set([5, 8, 10, 11, 13, 14, 26]);

/** Another row has the value already. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === CONSTRAINT_UNIQUE;
}

/** The file cannot be read or written at the moment. */
export function isUnusable(error: unknown): boolean {
  return UNUSABLE.has((codeOf(error) ?? 0) & 0xff);
}

function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : undefined;
}
