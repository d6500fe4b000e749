/** Draws a trace's tree for a terminal: a line for each span, with its bar on the common axis of time. */
import { durationText } from '../tree/duration-text.ts';
import { rowsOf, type TreeRow } from '../tree/rows.ts';
import { serviceColours } from '../tree/service-colours.ts';
import type { TraceTree } from '../tree/trace-tree.ts';
import type { Paint, Palette } from './colours.ts';
import { drawBar } from './draw-bar.ts';
import { labelOf, notesOf, paintIn, serviceText, widthOf } from './draw-label.ts';
import { padTo, printable, textWidth } from './terminal-text.ts';

/** How a tree is drawn. */
export interface DrawOptions {
  /** Where the trace is in Jaeger's UI. */
  link: string;
  /** In cells. */
  width: number;
  palette: Palette;
}

// A shorter bar says nothing, and a shorter label is no name.
const MIN_BAR_WIDTH = 10;
const MIN_LABEL_WIDTH = 20;
const MAX_LABEL_SHARE = 0.6;
// What branches leave of a label for names, however deep the tree is: so much, or half of it.
const NAME_WIDTH = 20;
const GAP = '  ';

/** Widths of the columns, in cells. */
interface Columns {
  label: number;
  kind: number;
  time: number;
  /** 0 where there is no room for bars. */
  bar: number;
}

/** The tree in lines. */
export function drawTree(tree: TraceTree, { link, width, palette }: DrawOptions): string {
  const colours = serviceColours(tree.services);
  const paintOf = (service: string) => palette.service(colours.get(service) ?? 0);
  const most = mostForLabels(width);
  const options = { palette, maxIndent: most - Math.min(NAME_WIDTH, Math.floor(most / 2)) };
  const rows = rowsOf(tree).map((row) => ({ row, label: labelOf(row, paintOf(row.span.service), options) }));
  const labelWidth = rows.reduce((most, { label }) => Math.max(most, widthOf(label)), 0);
  const columns = columnsFor(
    rows.map(({ row }) => row),
    labelWidth,
    width,
  );
  const lines = rows.flatMap(({ row, label }) => {
    const { kind, durationUs, service } = row.span;
    const blanks = ' '.repeat(Math.max(columns.label - widthOf(label), 0));
    const cells = [
      paintIn(label, columns.label) + blanks,
      palette.dim(padTo(printable(kind ?? ''), columns.kind)),
      durationText(durationUs).padStart(columns.time),
      paintOf(service)(drawBar(row.span, tree, columns.bar)),
    ];
    const line = cells.filter((cell) => cell !== '').join(GAP);
    return [line.trimEnd(), ...notesOf(row, options).map((note) => paintIn(note, width))];
  });
  return [...headOf(tree, palette, paintOf), palette.dim(link), '', ...lines].join('\n');
}

function headOf(tree: TraceTree, palette: Palette, paintOf: (service: string) => Paint): string[] {
  const services = tree.services.map((service) => paintOf(service)(serviceText(service)));
  const facts = [
    counted(tree.spanCount, 'span'),
    `${counted(tree.services.length, 'service')} (${services.join(', ')})`,
    durationText(tree.durationUs),
    tree.errorCount === 0 ? 'no errors' : palette.bad(`✗ ${counted(tree.errorCount, 'error')}`),
  ];
  const missing = tree.missingParents.length;
  if (missing > 0) facts.push(palette.warn(`? ${counted(missing, 'parent')} missing`));
  return [`trace ${palette.bold(printable(tree.traceId))}`, facts.join(palette.dim(' · '))];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function mostForLabels(width: number): number {
  return Math.max(Math.floor(width * MAX_LABEL_SHARE), MIN_LABEL_WIDTH);
}

/** Shares the width out: labels get what they need, up to a share, and bars the rest. */
function columnsFor(rows: readonly TreeRow[], labelWidth: number, width: number): Columns {
  const kind = rows.reduce((most, { span }) => Math.max(most, textWidth(printable(span.kind ?? ''))), 0);
  const time = rows.reduce((most, { span }) => Math.max(most, textWidth(durationText(span.durationUs))), 0);
  const gaps = GAP.length * (kind === 0 ? 2 : 3);
  const left = width - kind - time - gaps;
  const label = Math.min(labelWidth, mostForLabels(width), Math.max(left - MIN_BAR_WIDTH, MIN_LABEL_WIDTH));
  const bar = left - label;
  if (bar >= MIN_BAR_WIDTH) return { label, kind, time, bar };
  return { label: Math.min(labelWidth, Math.max(left + GAP.length, MIN_LABEL_WIDTH)), kind, time, bar: 0 };
}
