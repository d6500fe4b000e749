/** The garbage collector, on demand. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects all that nothing refers to; finalizers run some turns later. */
export const collectGarbage = runInNewContext('gc') as () => void;
