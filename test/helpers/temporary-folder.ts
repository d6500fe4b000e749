/** A folder for one test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Owner } from './processes.ts';

/** Makes an empty folder that is gone when its owner has ended. */
export function temporaryFolder(owner: Owner): string {
  const path = mkdtempSync(join(tmpdir(), 'tracemesh-'));
  owner.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
