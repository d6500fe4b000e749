/**
 * Random ids as lower-case hex text.
 *
 * One call for many random bytes, turned into one long hex string; an id is a slice of that string, which costs a pointer
 * and no formatting. The string lives as long as any id of it is kept somewhere, so it is not longer than it pays.
 */
import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 1024;
const SPAN_ID_DIGITS = 16;
const NO_ID = '0000000000000000';

/** Fills the bytes with random ones. */
export type RandomFill = (bytes: Uint8Array) => void;

/** A source of ids of 64 random bits in 16 hex digits, never all zeros: zero means "no span" on the wire. */
export function createRandomId(fill: RandomFill = randomFillSync): () => string {
  const pool = Buffer.allocUnsafeSlow(POOL_BYTES);
  let digits = '';
  let position = 0;

  return function randomId(): string {
    for (;;) {
      if (position >= digits.length) {
        fill(pool);
        digits = pool.toString('hex');
        position = 0;
      }
      const id = digits.slice(position, position + SPAN_ID_DIGITS);
      position += SPAN_ID_DIGITS;
      if (id !== NO_ID) return id;
    }
  };
}
