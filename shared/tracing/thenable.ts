/** What can be awaited, told without a word to whoever made it. */

/** True of promises and whatever else has a `then`; false of what cannot be looked at. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
  } catch {
    return false; // a Proxy, or a getter, that throws: it is the caller's to find out
  }
}

/** The value as it is; a promise that nobody awaits may then fail without an end of the process. */
export function ignoreRejection<Value>(value: Value): Value {
  try {
    if (isThenable(value)) value.then(undefined, () => {});
  } catch {
    // Its `then` fails, too.
  }
  return value;
}
