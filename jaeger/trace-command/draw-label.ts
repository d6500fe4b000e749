/** The left side of a line: branches, signs, service and operation; and the notes below it. */
import { remarksOf } from '../tree/remarks.ts';
import type { TreeRow } from '../tree/rows.ts';
import type { TreeSpan } from '../tree/trace-tree.ts';
import type { Paint, Palette } from './colours.ts';
import { cut, printable, textWidth } from './terminal-text.ts';

/** A piece of a line, with what it is painted with. */
export interface Piece {
  text: string;
  paint: Paint;
}

const BRANCH_WIDTH = 3;

/** How labels are drawn. */
export interface LabelOptions {
  palette: Palette;
  /** The cells that branches may take: deeper rows say how deep they are instead, so that names have room. */
  maxIndent: number;
}

/** What a row says on its left, remarks last; a span that failed or has lost its parent begins with a sign. */
export function labelOf(row: TreeRow, service: Paint, { palette, maxIndent }: LabelOptions): Piece[] {
  const { span } = row;
  const plain: Paint = (text) => text;
  return [
    { text: branchesOf(row, maxIndent) + branchTo(row), paint: palette.dim },
    { text: span.error ? '✗ ' : '', paint: palette.bad },
    { text: isLost(span) ? '? ' : '', paint: palette.warn },
    { text: serviceText(span.service), paint: service },
    { text: ` ${printable(span.operation)}`, paint: span.error ? palette.bad : plain },
    {
      text: remarksOf(span)
        .map((remark) => ` · ${printable(remark)}`)
        .join(''),
      paint: palette.dim,
    },
  ];
}

/** What has to be said below a row. */
export function notesOf(row: TreeRow, { palette, maxIndent }: LabelOptions): Piece[][] {
  const { span } = row;
  const own = row.depth === 0 ? '' : row.isLast ? '   ' : '│  ';
  const indent = branchesOf(row, maxIndent) + own + (span.children.length > 0 ? '│ ' : '  ');
  const notes: Piece[] = [];
  if (span.errorMessage !== null && !isSaidBelow(span))
    notes.push({ text: printable(span.errorMessage), paint: palette.bad });
  if (span.missingParent !== null)
    notes.push({
      text: `an orphan: its parent ${printable(span.missingParent)} is not in the trace`,
      paint: palette.warn,
    });
  if (span.inCircle) notes.push({ text: 'it is its own ancestor', paint: palette.warn });
  return notes.map((note) => [{ text: indent, paint: palette.dim }, note]);
}

/** True where the span failed of what one of its children failed of: it is said there, where it began. */
function isSaidBelow({ errorMessage, children }: TreeSpan): boolean {
  return children.some((child) => child.errorMessage === errorMessage);
}

/** A service's name; Jaeger leaves it empty where the name is not UTF-8. */
export function serviceText(service: string): string {
  return printable(service) || '(no name)';
}

/** The cells that pieces take. */
export function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((width, { text }) => width + textWidth(text), 0);
}

/** The pieces, painted, in at most `width` cells. */
export function paintIn(pieces: readonly Piece[], width: number): string {
  let left = width;
  return pieces
    .map(({ text, paint }) => {
      const shown = cut(text, left);
      left -= textWidth(shown);
      return paint(shown);
    })
    .join('');
}

function isLost(span: TreeSpan): boolean {
  return span.missingParent !== null || span.inCircle;
}

/** The lines that pass by on the left, to the later children of the row's ancestors: the nearest, where all are too many. */
function branchesOf(row: TreeRow, maxIndent: number): string {
  const isTooDeep = row.depth * BRANCH_WIDTH > maxIndent;
  const depthText = isTooDeep ? `… ${row.depth} deep … ` : '';
  const kept = isTooDeep
    ? Math.floor((maxIndent - depthText.length) / BRANCH_WIDTH) - 1
    : Number.POSITIVE_INFINITY;
  const parts: string[] = [];
  for (
    let above = row.parent;
    above !== undefined && above.depth > 0 && parts.length < kept;
    above = above.parent
  )
    parts.push(above.isLast ? '   ' : '│  ');
  return depthText + parts.reverse().join('');
}

/** The last bit of branch: dotted where the parent did not wait. */
function branchTo({ span, depth, isLast }: TreeRow): string {
  if (depth === 0) return '';
  return (isLast ? '└' : '├') + (span.reference === 'FOLLOWS_FROM' ? '┄ ' : '─ ');
}
