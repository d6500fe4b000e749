/** The bar of a span on the trace's axis of time, to half a cell. */
import type { TraceTree, TreeSpan } from '../tree/trace-tree.ts';

/** The bar in `width` cells; dashed where the span's parent did not wait for it. */
export function drawBar(span: TreeSpan, tree: TraceTree, width: number): string {
  if (width <= 0) return '';
  const halves = width * 2;
  const scale = halves / Math.max(tree.durationUs, 1);
  const start = clamp(Math.round((span.startUs - tree.startUs) * scale), 0, halves - 1);
  const end = clamp(Math.round((span.startUs - tree.startUs + span.durationUs) * scale), start + 1, halves);
  const firstCell = Math.floor(start / 2);
  const whole = Math.floor(end / 2) - Math.ceil(start / 2);
  const line = span.reference === 'FOLLOWS_FROM' ? '╍' : '━';
  const bar = (start % 2 === 1 ? '╺' : '') + line.repeat(Math.max(whole, 0)) + (end % 2 === 1 ? '╸' : '');
  return ' '.repeat(firstCell) + bar;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
