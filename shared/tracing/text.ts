/** Text that is bounded, made of anything. */

/** The first `longest` characters; where there were more, the last of them is an ellipsis. */
export function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Any value as text, an error by its message; never throws. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return String(value instanceof Error ? value.message : value);
  } catch {
    return 'nothing that could be read';
  }
}

/** More hex digits are not worth the time that decimal ones would take. */
const LONGEST_NUMBER = 1000;

/** A whole number of any size in decimal digits; an absurdly large one in hex, which takes no time. */
export function bigintText(value: bigint): string {
  const hex = value.toString(16);
  return hex.length > LONGEST_NUMBER ? `${hex} (hex)` : String(value);
}
