/** Medians and quartiles: what a shared machine's outliers do not move. */

/** The middle of a set of measurements, and the middle of its halves. */
export interface Quartiles {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
}

/** The quartiles of `values`, interpolated linearly between neighbours; NaN where there are none. */
export function quartilesOf(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), q1: quantile(sorted, 0.25), q3: quantile(sorted, 0.75) };
}

/** The median of `values`. */
export function medianOf(values: readonly number[]): number {
  return quartilesOf(values).median;
}

/** True where the middle halves of two sets of measurements lie apart: only then is their difference told from noise. */
export function areDistinguishable(a: Quartiles, b: Quartiles): boolean {
  return a.q1 > b.q3 || b.q1 > a.q3;
}

function quantile(sorted: readonly number[], fraction: number): number {
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
