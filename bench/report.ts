/** What is printed: one table per part, under the machine and the versions. */
import { type Row, summarize } from './comparison.ts';
import type { MicroResult } from './micro/micro-benchmark.ts';
import type { Quartiles } from './statistics.ts';
import { tableLines } from './table.ts';

/** The columns of {@link figures}. */
const FIGURES = [
  'CPU per request / untraced',
  'quartiles',
  'more CPU, µs',
  'more memory held, MB',
  'more resident, MB',
  'starts',
];

/** The main table. */
export function meshTable(rows: readonly Row[], floor: Quartiles | undefined): string[] {
  return tableLines([
    ['mesh', 'spans', ...FIGURES],
    ...rows.map((row) => [row.title, spansOf(row), ...figures(row, floor)]),
  ]);
}

/** The table of how cost grows. */
export function growthTable(rows: readonly Row[], floor: Quartiles | undefined): string[] {
  return tableLines([['request', ...FIGURES], ...rows.map((row) => [row.title, ...figures(row, floor)])]);
}

/** The table of the micro-benchmarks. */
export function microTable(results: readonly MicroResult[]): string[] {
  return tableLines([
    ['hot loop', 'ns', 'quartiles'],
    ...results.map(({ name, nanoseconds: { median, q1, q3 } }) => [
      name,
      median.toFixed(0),
      `${q1.toFixed(0)} to ${q3.toFixed(0)}`,
    ]),
  ]);
}

function spansOf({ variant }: Row): string {
  return variant.sampleRate === 0 || variant.spans === 0 ? '0' : String(variant.spans);
}

function figures(row: Row, floor: Quartiles | undefined): string[] {
  if (row.missing !== undefined) return [row.missing, '', '', '', '', ''];
  if (row.rounds.length === 0) return [row.failures[0] ?? 'out of time', '', '', '', '', '0'];
  const { ratio, extraUs, extraLiveMb, extraRssMb, distinguishable } = summarize(row, floor);
  const told = distinguishable === false && row.variant.name !== 'untraced';
  return [
    told ? `${ratio.median.toFixed(2)}, not distinguishable` : ratio.median.toFixed(2),
    `${ratio.q1.toFixed(2)} to ${ratio.q3.toFixed(2)}`,
    extraUs.median.toFixed(0),
    extraLiveMb.toFixed(1),
    extraRssMb.toFixed(0),
    String(row.rounds.length),
  ];
}
