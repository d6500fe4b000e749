/** A tree as lines, from top to bottom. */
import type { TraceTree, TreeSpan } from './trace-tree.ts';

/** A span in its line. */
export interface TreeRow {
  span: TreeSpan;
  depth: number;
  /** The line of the parent. */
  parent: TreeRow | undefined;
  /** True for the last of the spans that hang from the same one. */
  isLast: boolean;
}

/** The spans, each before its children. Not by recursion: a trace may be a chain of any length. */
export function rowsOf(tree: TraceTree): TreeRow[] {
  const rows: TreeRow[] = [];
  const open = rowsUnder(undefined, tree.roots).reverse();
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    rows.push(row);
    for (const child of rowsUnder(row, row.span.children).reverse()) open.push(child);
  }
  return rows;
}

function rowsUnder(parent: TreeRow | undefined, spans: readonly TreeSpan[]): TreeRow[] {
  const depth = parent === undefined ? 0 : parent.depth + 1;
  return spans.map((span, index) => ({ span, depth, parent, isLast: index === spans.length - 1 }));
}
