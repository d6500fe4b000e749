/** Runs rounds of many rows in turn, and sums each row up. */
import { type Surroundings, startMesh } from './mesh.ts';
import { PLAIN_WORKLOAD, type Workload } from './nodes/node-settings.ts';
import { type Round, type RoundOptions, runRound } from './pair.ts';
import { areDistinguishable, medianOf, type Quartiles, quartilesOf } from './statistics.ts';
import { UNTRACED, type Variant } from './variants.ts';

/** What is to be measured in one row of a table. */
export interface RowPlan {
  readonly title: string;
  readonly variant: Variant;
  readonly workload: Workload;
  /** Why it cannot be measured here. */
  readonly missing?: string;
}

/** One row, measured. */
export interface Row extends RowPlan {
  readonly rounds: readonly Round[];
  /** Why rounds came to nothing. */
  readonly failures: readonly string[];
}

/** A row in figures. */
export interface RowSummary {
  /** CPU time per request over that of the untraced mesh. */
  readonly ratio: Quartiles;
  /** What was added to a request, in microseconds of CPU time. */
  readonly extraUs: Quartiles;
  /** What a process holds more after a garbage collection, in MB. */
  readonly extraLiveMb: number;
  /** What a process has more of resident memory, in MB. */
  readonly extraRssMb: number;
  /** False where the ratio cannot be told from that of two untraced meshes; undefined where none were measured. */
  readonly distinguishable: boolean | undefined;
}

/** What {@link measureRows} does, and when it stops. */
export interface MeasureOptions extends RoundOptions {
  readonly surroundings: Surroundings;
  readonly starts: number;
  /** The moment, by `performance.now()`, after which no round begins. */
  readonly endMs: number;
  /** Start each mesh once before, so that those which count find their code compiled. */
  readonly compileFirst: boolean;
  readonly onProgress: (line: string) => void;
}

/** Measures all rows, one start of each after the other, so that the machine's moods spread over all of them. */
export async function measureRows(plans: readonly RowPlan[], options: MeasureOptions): Promise<Row[]> {
  const { starts, endMs, compileFirst, onProgress, ...round } = options;
  const rows = plans.map((plan) => ({ ...plan, rounds: [] as Round[], failures: [] as string[] }));
  if (compileFirst) await compileOnce(plans, options.surroundings);
  for (let start = 1; start <= starts; start++) {
    for (const { title, variant, workload, missing, rounds, failures } of rows) {
      if (missing !== undefined) continue;
      if (performance.now() > endMs) {
        onProgress(`out of time before start ${start} of ${title}`);
        return rows;
      }
      const progress = `start ${start}/${starts}`;
      try {
        const result = await runRound(variant, { ...round, workload });
        rounds.push(result);
        onProgress(`${progress}  ${result.ratio.toFixed(3)}  ${title}`);
      } catch (error) {
        // The rounds of an hour must not be lost by one that failed.
        failures.push(String(error));
        onProgress(`${progress}  failed  ${title}: ${error}`);
      }
    }
  }
  return rows;
}

/** Fills Node's compile cache, also for the mesh that each is paired with. What fails here fails again, where it is told. */
async function compileOnce(plans: readonly RowPlan[], surroundings: Surroundings): Promise<void> {
  const runnable = plans.filter(({ missing }) => missing === undefined);
  const variants = new Set([UNTRACED, ...runnable.map(({ variant }) => variant)]);
  for (const variant of variants) {
    const mesh = await startMesh(variant, { workload: PLAIN_WORKLOAD, surroundings }).catch(() => undefined);
    await mesh?.close();
  }
}

/** A row in figures, told from `floor`, the ratios of two untraced meshes. */
export function summarize({ rounds }: Row, floor: Quartiles | undefined): RowSummary {
  const ratio = quartilesOf(rounds.map((round) => round.ratio));
  return {
    ratio,
    extraUs: quartilesOf(
      rounds.map(({ variant, untraced }) => variant.cpuUsPerRequest - untraced.cpuUsPerRequest),
    ),
    extraLiveMb: medianOf(
      rounds.map(({ variant, untraced }) => (variant.liveBytes - untraced.liveBytes) / 1e6),
    ),
    extraRssMb: medianOf(rounds.map(({ variant, untraced }) => (variant.rssBytes - untraced.rssBytes) / 1e6)),
    distinguishable: floor && areDistinguishable(ratio, floor),
  };
}

/** The rows of the main table. */
export function meshRows(variants: readonly Variant[], isInstalled: (name: string) => boolean): RowPlan[] {
  return variants.map((variant) => ({
    title: variant.title,
    variant,
    workload: PLAIN_WORKLOAD,
    ...(variant.needs && !isInstalled(variant.needs) && { missing: 'not installed' }),
  }));
}
