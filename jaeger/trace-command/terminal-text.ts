/** Text for a terminal: nothing in it that the terminal obeys, cut to cells and not to characters. */

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
// Emoji, and the scripts whose letters take two cells.
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6])/u;

// Latin letters, and what branches and signs are drawn with: a cell each, and no need for the slow segmenter.
const PLAIN = /^[\x20-\x7E\u00A0-\u02FF\u2026\u2500-\u257F✗]*$/;

/** The text in one line; control characters, which could move the cursor or turn the writing round, are made visible. */
export function printable(text: string): string {
  if (PLAIN.test(text) && !text.includes('  ')) return text;
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu, '\uFFFD');
}

/** The cells that a printable text takes. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** The text in exactly `width` cells: filled up with blanks, or cut with an ellipsis. */
export function padTo(text: string, width: number): string {
  const taken = textWidth(text);
  return taken <= width ? text + ' '.repeat(width - taken) : padTo(cut(text, width), width);
}

/** The text in at most `width` cells, with an ellipsis where it was longer. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  if (PLAIN.test(text)) return `${text.slice(0, width - 1)}…`;
  let kept = '';
  let taken = 1;
  for (const { segment } of GRAPHEMES.segment(text)) {
    taken += graphemeWidth(segment);
    if (taken > width) break;
    kept += segment;
  }
  return `${kept}…`;
}

function graphemeWidth(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}
