/** What can be awaited, told without a word to whoever made it. */

/** True of promises and whatever else has a `then`; false of what cannot be looked at. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
  } catch {
    return false; // a Proxy, or a getter, that throws: it is the caller's to find out
  }
}
