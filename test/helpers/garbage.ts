/** The garbage collector, on demand. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/**
 * Collects all that nothing refers to; finalizers run some turns later. Twice: a collection that V8 has begun by itself is
 * only finished by the first, and keeps what has died since it began.
 */
export function collectGarbage(): void {
  collect();
  collect();
}

/** Collects what is young and what nothing seems to refer to: what is old counts as alive, and with it all that it refers to. */
export function collectYoungGarbage(): void {
  collect({ type: 'minor' });
  collect({ type: 'minor' });
}
