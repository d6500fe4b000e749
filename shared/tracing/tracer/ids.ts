/**
 * Random ids as lower-case hex text.
 *
 * One call for 4 KiB of random bytes, turned into one long hex string; an id is a slice of that string, which costs a
 * pointer and no formatting.
 */
import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const SPAN_ID_DIGITS = 16;
const NO_ID = '0000000000000000';

const pool = Buffer.allocUnsafe(POOL_BYTES);
let digits = '';
let position = 0;

function refill(): void {
  randomFillSync(pool);
  digits = pool.toString('hex');
  position = 0;
}

/** 64 random bits as 16 hex digits, never all zeros: zero means "no span" on the wire. */
export function randomId(): string {
  if (position >= digits.length) refill();
  const id = digits.slice(position, position + SPAN_ID_DIGITS);
  position += SPAN_ID_DIGITS;
  return id === NO_ID ? randomId() : id;
}
