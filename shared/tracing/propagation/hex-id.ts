/** Hex ids as they come in: every propagation format has them, and none may let anything else through. */

const DIGIT_0 = 48;
const DIGIT_9 = 57;
const UPPER_A = 65;
const UPPER_F = 70;
/** Turns an upper-case letter's code into the lower-case one's. */
const LOWER_CASE = 32;

/** True for one to `mostDigits` hex digits of either case, and nothing else. A loop: a regular expression takes several times as long. */
export function isHexId(text: string, mostDigits: number): boolean {
  if (text.length === 0 || text.length > mostDigits) return false;
  for (let i = 0; i < text.length; i++) if (!isHexDigit(text.charCodeAt(i))) return false;
  return true;
}

/** True where all digits are zeros, which every format takes for no id. */
export function isZeroId(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== DIGIT_0) return false;
  return true;
}

function isHexDigit(code: number): boolean {
  if (code >= DIGIT_0 && code <= DIGIT_9) return true;
  const upper = code & ~LOWER_CASE;
  return upper >= UPPER_A && upper <= UPPER_F;
}
