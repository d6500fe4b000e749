/** What can be said behind `npm run bench --`. */
import { parseArgs } from 'node:util';
import { VARIANTS } from './variants.ts';

/** The parts of a run, in their order. */
export const PARTS = ['mesh', 'growth', 'micro'] as const;
export type Part = (typeof PARTS)[number];

/** What to do, complete. */
export interface BenchPlan {
  /** Only to see that everything runs. */
  readonly quick: boolean;
  readonly parts: readonly Part[];
  /** Names of variants, in the order of the table. */
  readonly variants: readonly string[];
  /** Process starts per variant, and per point of a growth series. */
  readonly starts: number;
  readonly growthStarts: number;
  readonly inFlight: number;
  readonly warmUpRequests: number;
  readonly requests: number;
  /** No round is begun after so long; what is missing then is reported as such. */
  readonly budgetMs: number;
  /** Milliseconds of each micro-benchmark's samples, all together. */
  readonly microMs: number;
  /** Where the raw rounds are kept as JSON, if at all. */
  readonly out: string | undefined;
  /** Where CPU profiles go, if they are wanted. */
  readonly profileFolder: string | undefined;
}

/** Printed by `--help`. */
export const USAGE = `npm run bench -- [options]

  --quick            a smoke run under a minute: it shows that everything runs, its figures mean nothing
  --parts a,b        of ${PARTS.join(', ')} (default: all)
  --variants a,b     of ${VARIANTS.map(({ name }) => name).join(', ')} (default: all)
  --starts N         process starts per variant (default: 9)
  --requests N       counted requests to each mesh per start (default: 12000, after as many that are not counted)
  --in-flight N      requests under way to each mesh (default: 10)
  --minutes N        begin no further round after so long (default: 90)
  --out FILE         where the raw rounds are kept (default: docs/performance/<date>.json for a run of all parts and variants)
  --profile FOLDER   write a CPU profile of each process's counted requests; compare them with bench/profiles.ts
  --help             this text
`;

/** A command line that cannot be understood; the message says what is wrong with it. */
export class CommandLineError extends Error {
  readonly code = 'BAD_COMMAND_LINE';
}

/** The plan that the arguments ask for, or `help`. @throws {CommandLineError} */
export function readCommandLine(args: readonly string[], today: string): BenchPlan | 'help' {
  const { quick, help, ...given } = parsed(args);
  if (help) return 'help';
  const parts = choices('parts', given.parts, PARTS);
  const variants = choices(
    'variants',
    given.variants,
    VARIANTS.map(({ name }) => name),
  );
  const isWhole = !quick && given.parts === undefined && given.variants === undefined && !given.profile;
  const requests = count('requests', given.requests) ?? (quick ? 100 : 12_000);
  const starts = count('starts', given.starts) ?? (quick ? 1 : 9);
  return {
    quick,
    parts,
    variants,
    starts,
    growthStarts: quick ? 1 : Math.min(starts, 5),
    inFlight: count('in-flight', given['in-flight']) ?? 10,
    requests,
    warmUpRequests: quick ? 20 : requests,
    budgetMs: quick ? 40_000 : (count('minutes', given.minutes) ?? 90) * 60_000,
    microMs: quick ? 20 : 1000,
    out: given.out ?? (isWhole ? `docs/performance/${today}.json` : undefined),
    profileFolder: given.profile,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        parts: { type: 'string' },
        variants: { type: 'string' },
        starts: { type: 'string' },
        requests: { type: 'string' },
        'in-flight': { type: 'string' },
        minutes: { type: 'string' },
        out: { type: 'string' },
        profile: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new CommandLineError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function choices<Name extends string>(
  option: string,
  given: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (given === undefined) return known;
  const named = given.split(',').map((name) => name.trim());
  const unknown = named.filter((name) => !known.includes(name as Name));
  if (unknown.length > 0)
    throw new CommandLineError(
      `--${option}: ${unknown.join(', ')} is unknown; there are ${known.join(', ')}`,
    );
  return known.filter((name) => named.includes(name));
}

function count(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(given))
    throw new CommandLineError(`--${option}=${given}: must be a whole number from 1 to 9999999`);
  return Number(given);
}
