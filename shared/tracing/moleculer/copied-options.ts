/** Copies of call options, for one hop alone: callers share their objects. */

/** A copy that inherits what the options inherit: defaults may be there. */
export function copyOf<Options extends object>(options: Options | undefined): Options {
  if (options === undefined) return {} as Options;
  if (Object.getPrototypeOf(options) !== Object.prototype) return copyOfExotic(options);
  const copy = { ...options };
  return isWhole(copy, options) ? copy : copyOfExotic(options);
}

/** False where one of the options cannot be enumerated, and so is not in the copy. */
function isWhole(copy: object, options: object): boolean {
  return Object.getOwnPropertyNames(copy).length === Object.getOwnPropertyNames(options).length;
}

/** Options of a class, or the like: accessors are asked of the original, which has the private state that they may read. */
function copyOfExotic<Options extends object>(options: Options): Options {
  const original = Object(options) as Options;
  const copy: Options = Object.create(Object.getPrototypeOf(original));
  for (let from: object | null = original; from !== null; from = parentOf(from))
    for (const name of Reflect.ownKeys(from)) {
      const { get, enumerable = false } = Object.getOwnPropertyDescriptor(from, name) ?? {};
      const isOwn = from === original;
      if (Object.hasOwn(copy, name) || (get === undefined && !isOwn)) continue;
      const value = () => Reflect.get(original, name);
      const set = (now: unknown) =>
        Object.defineProperty(copy, name, { ...DATA, enumerable: true, value: now });
      const own = get === undefined ? { ...DATA, value: value() } : { configurable: true, get: value, set };
      Object.defineProperty(copy, name, { ...own, enumerable: enumerable && isOwn });
    }
  return copy;
}

const DATA = { configurable: true, writable: true };

/** What an object inherits from, beyond what all objects do. */
function parentOf(object: object): object | null {
  const parent: object | null = Object.getPrototypeOf(object);
  return parent === Object.prototype ? null : parent;
}
