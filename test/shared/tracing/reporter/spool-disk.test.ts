/** How the folder of a spool is made. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { systemDisk } from '#shared/tracing/reporter/spool-disk.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('folders above that are missing are made too, for their owner alone', (t) => {
  const top = join(temporaryFolder(t), 'a');
  const dir = join(top, 'b', 'c');
  systemDisk.prepare(dir);
  t.deepEqual([top, join(top, 'b'), dir].map(modeOf), [0o700, 0o700, 0o700]);
});

test('a folder that is there stays as it is, also behind a link', (t) => {
  const dir = join(temporaryFolder(t), 'spool');
  const link = `${dir}-link`;
  mkdirSync(dir, { mode: 0o750 });
  symlinkSync(dir, link);
  for (const path of [dir, `${dir}/`, link]) systemDisk.prepare(path);
  t.is(modeOf(dir), 0o750);
  systemDisk.prepare(join(link, 'other'));
  t.is(modeOf(join(dir, 'other')), 0o700);
});

test('a file in the place of a folder is an error', (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  t.throws(() => systemDisk.prepare(file), { code: 'EEXIST' });
  t.throws(() => systemDisk.prepare(join(file, 'spool')), { code: 'ENOTDIR' });
  t.throws(() => systemDisk.prepare(join(file, 'deeper', 'spool')), { code: 'ENOTDIR' });
});

const inProc =
  process.platform === 'linux'
    ? test
    : (title: string, _: unknown) => test.skip(`${title} (skipped: only Linux has /proc)`, () => {});

inProc('a folder that cannot be made in one that is there is an error, and nothing hangs', (t) => {
  // In a process that can be ended: a call that never returns would hold up this one.
  const script = `
    const { systemDisk } = await import('#shared/tracing/reporter/spool-disk.ts');
    for (const dir of ['/proc/nope', '/proc/nope/deeper'])
      try { systemDisk.prepare(dir); } catch ({ code, path }) { console.log(code, path); }
  `;
  const args = ['--input-type=module', '--eval', script];
  const { stdout, signal } = spawnSync(process.execPath, args, { timeout: 20_000, encoding: 'utf8' });
  t.is(signal, null);
  t.is(stdout, 'ENOENT /proc/nope\nENOENT /proc/nope\n');
});
