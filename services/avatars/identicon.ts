/** Draws a picture that is always the same for the same text, and most likely another for another. */
import { createHash } from 'node:crypto';

const CELLS = 5;
/** The left half and the middle; the right half mirrors the left, which makes a face of a pattern. */
const DRAWN_COLUMNS = 3;

/** An SVG of 5 x 5 cells in one colour. */
export function drawIdenticon(text: string): string {
  const [hue = 0, ...bytes] = createHash('sha256').update(text).digest();
  const cells: string[] = [];
  for (let at = 0; at < CELLS * DRAWN_COLUMNS; at++) {
    if ((bytes[at] ?? 0) % 2 === 0) continue;
    const [row, column] = [at % CELLS, Math.floor(at / CELLS)];
    cells.push(`M${column} ${row}h1v1h-1z`);
    if (column < DRAWN_COLUMNS - 1) cells.push(`M${CELLS - 1 - column} ${row}h1v1h-1z`);
  }
  const colour = `hsl(${Math.round((hue / 256) * 360)} 55% 45%)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CELLS} ${CELLS}"><path fill="${colour}" d="${cells.join('')}"/></svg>`;
}
