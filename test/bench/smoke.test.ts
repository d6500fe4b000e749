/** The whole benchmark as a process, as `npm run bench -- --quick` runs it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { VARIANTS } from '../../bench/variants.ts';
import { testNeeding } from '../helpers/needs.ts';

const run = promisify(execFile);
const bench = (...args: string[]) => run(process.execPath, ['bench/main.ts', ...args], { timeout: 100_000 });

testNeeding('nats-server')('the smoke run measures every variant that is installed, and ends', async (t) => {
  t.timeout(110_000);
  const { stdout } = await bench('--quick');
  for (const { title, needs } of VARIANTS) {
    const row = stdout.split('\n').find((line) => line.startsWith(`| ${title} `)) ?? '';
    const measured = /\| +\d+\.\d\d \|/.test(row) || / out of time /.test(row);
    t.true(measured || (needs !== undefined && / not installed /.test(row)), `${title}: ${row || 'no row'}`);
  }
  t.regex(stdout, /\| Tracemesh, all sampled +\| +5 \| +\d/);
  t.regex(stdout, /\| make a random id +\| +\d+ \|/);
});

test('a wrong command line ends with 2 and says what there is', async (t) => {
  const error = await t.throwsAsync(bench('--variants', 'fastest'), { any: true });
  t.like(error, { code: 2 });
  t.regex((error as unknown as { stderr: string }).stderr, /fastest is unknown.*sampled/);
});

test('a file that cannot be written ends it before anything is measured', async (t) => {
  const error = await t.throwsAsync(bench('--parts', 'micro', '--out', 'package.json/rounds.json'), {
    any: true,
  });
  t.like(error, { code: 2, stdout: '' });
  t.regex(
    (error as unknown as { stderr: string }).stderr,
    /the raw rounds cannot be kept there: .*package\.json/,
  );
});
