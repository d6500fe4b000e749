import test from 'ava';
import { type BenchPlan, CommandLineError, readCommandLine } from '../../bench/command-line.ts';

const plan = (...args: string[]) => readCommandLine(args, '2026-01-31') as BenchPlan;

test('without arguments everything is measured over at least 7 starts and kept under the date', (t) => {
  const whole = plan();
  t.deepEqual(whole.parts, ['mesh', 'growth', 'micro']);
  t.true(whole.starts >= 7);
  t.true(whole.warmUpRequests > 0);
  t.is(whole.out, 'docs/performance/2026-01-31.json');
});

test('a smoke run is bounded below a minute and keeps nothing', (t) => {
  const quick = plan('--quick');
  t.true(quick.budgetMs < 60_000);
  t.is(quick.starts, 1);
  t.is(quick.out, undefined);
});

test('a run of some variants alone is not kept where the whole runs are', (t) => {
  const some = plan('--variants', 'unsampled,sampled', '--starts', '3');
  t.deepEqual(some.variants, ['sampled', 'unsampled']);
  t.is(some.starts, 3);
  t.is(some.out, undefined);
});

test('what cannot be understood is named', (t) => {
  const badly = (...args: string[]) => t.throws(() => plan(...args), { instanceOf: CommandLineError });
  t.regex(
    badly('--variants', 'sampled,fast')?.message ?? '',
    /--variants: fast is unknown; there are untraced/,
  );
  t.regex(badly('--starts', '0')?.message ?? '', /--starts=0: must be a whole number/);
  t.regex(badly('--fast')?.message ?? '', /fast/);
});
