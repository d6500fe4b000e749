/**
 * Lets requests go once they are answered. Moleculer keeps those that wait in a `Map`, and V8 chains the tables that a
 * `Map` outgrows or tidies: each refers to the requests that waited at the time, and to the next. When one of them has
 * grown old, scavenges take all that came behind it for alive, with the contexts of the requests and the spans of these,
 * until the next full garbage collection. The table of a new `Map` has none before it.
 */
import { inspect } from 'node:util';
import type { ServiceBroker } from 'moleculer';

/**
 * Has the broker's list of pending requests let go of them. It stays the one that others may have taken hold of; one that
 * the application has put there is left alone.
 */
export function renewPendingRequests({ transit }: ServiceBroker): void {
  const list = transit?.pendingRequests;
  if (list?.constructor === Map && !Object.hasOwn(list, 'set')) renewEntries(list);
}

/** Node's, of which older versions of TypeScript do not know all. */
interface MapMethods<Key, Value> extends Omit<Map<Key, Value>, typeof Symbol.toStringTag> {
  getOrInsert(key: Key, value: Value): Value;
  getOrInsertComputed(key: Key, make: (key: Key) => Value): Value;
}

/** Additions after which the `Map` is renewed at the earliest: many more lie between two scavenges. */
const RENEW_AFTER = 64;

/** Gives the list methods of its own that keep its entries in a `Map` behind it, which is a new one now and then. */
function renewEntries<Key, Value>(list: Map<Key, Value>): void {
  let map = new Map(list);
  let left = RENEW_AFTER;
  list.clear();

  /** Each key once, however often the `Map` is renewed on the way. */
  function* entries(): Generator<[Key, Value], undefined> {
    const seen = new Set<Key>();
    let visited: typeof map | undefined;
    while (visited !== map) {
      visited = map;
      for (const entry of visited) {
        if (visited !== map) break;
        if (seen.has(entry[0])) continue;
        seen.add(entry[0]);
        yield entry;
      }
    }
  }

  const methods: MapMethods<Key, Value> = {
    get size() {
      return map.size;
    },
    has: (key) => map.has(key),
    get: (key) => map.get(key),
    set(key, value) {
      if (--left === 0) {
        map = new Map(map);
        // However many there are, an addition pays for half a copy at most.
        left = Math.max(RENEW_AFTER, 2 * map.size);
      }
      map.set(key, value);
      return list;
    },
    getOrInsert: (key, value) => methods.getOrInsertComputed(key, () => value),
    getOrInsertComputed(key, make) {
      if (!map.has(key)) methods.set(key, make(key));
      return map.get(key) as Value;
    },
    delete: (key) => map.delete(key),
    clear() {
      map = new Map();
    },
    forEach(visit, self) {
      for (const [key, value] of entries()) visit.call(self, value, key, list);
    },
    keys: () => entries().map(([key]) => key),
    values: () => entries().map(([, value]) => value),
    entries,
    [Symbol.iterator]: entries,
  };
  const shown = { [inspect.custom]: { value: () => map } };
  const own = Object.getOwnPropertyDescriptors(methods);
  for (const name of Reflect.ownKeys(own)) Reflect.set(Reflect.get(own, name), 'enumerable', false);
  Object.defineProperties(list, { ...own, ...shown });
}
