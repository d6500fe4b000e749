/** What a process holds, without what V8 has not cleaned up yet. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Bytes of the heap and beside it (buffers) that are in use after a full garbage collection. Resident memory says less:
 * V8 doubles the space for young objects as a process goes on, the sooner the more it does, and gives none of it back.
 */
export function measureLiveBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Twice: a collection that V8 has begun by itself is only finished by the first, and keeps what has died since it began.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
