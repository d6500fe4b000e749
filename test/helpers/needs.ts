/** Tests that need a program which not every machine has: skipped there with the reason in the title, never in CI. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import test, { type Implementation } from 'ava';

/** A test, or a skipped one that says which program it misses. */
export type TestWithProgram = (title: string, implementation: Implementation<[]>) => void;

/** The `test` of tests that run `program`. Under `CI=true` a missing program fails them instead. */
export function testNeeding(program: string): TestWithProgram {
  if (!isMissing(program)) return (title, run) => test(title, run);
  return (title, run) => test.skip(`${title} (skipped: no ${program} on this machine)`, run);
}

/** True where what needs `program` is skipped; under `CI=true` nothing is. */
export function isMissing(program: string): boolean {
  return process.env['CI'] !== 'true' && !isInstalled(program);
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
