/** Ends what waits for an object that nobody has any more. */

const registry = new FinalizationRegistry<() => void>((end) => end());

/** Calls `end`, which must not refer to `object`, once `object` is no longer there; when that is, is up to the garbage collector. */
export function whenCollected(object: object, end: () => void): void {
  registry.register(object, end);
}
