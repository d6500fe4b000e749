/**
 * Lets requests go once they are answered. Moleculer keeps those that wait in a `Map`, and V8 chains the tables that a
 * `Map` outgrows or tidies: each refers to the requests that waited at the time, and to the next. When one of them has
 * grown old, scavenges take all that came behind it for alive, with the contexts of the requests and the spans of these,
 * until the next full garbage collection. The table of a new `Map` has none before it.
 */
import type { ServiceBroker } from 'moleculer';

/** Gives the broker a list of pending requests that lets go of them. One that the application has put there is left alone. */
export function renewPendingRequests({ transit }: ServiceBroker): void {
  if (transit?.pendingRequests?.constructor !== Map) return;
  transit.pendingRequests = new RenewedMap(transit.pendingRequests);
}

/** Additions after which the `Map` is renewed at the earliest: many more lie between two scavenges. */
const RENEW_AFTER = 64;

/** A `Map` that is a new one now and then, seen from V8. */
class RenewedMap<Key, Value> extends Map<Key, Value> {
  #map: Map<Key, Value>;
  #left = RENEW_AFTER;

  constructor(entries: Iterable<readonly [Key, Value]>) {
    super();
    this.#map = new Map(entries);
  }

  override get size(): number {
    return this.#map.size;
  }

  override has(key: Key): boolean {
    return this.#map.has(key);
  }

  override get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  override set(key: Key, value: Value): this {
    if (--this.#left === 0) {
      this.#map = new Map(this.#map);
      // However many there are, an addition pays for half a copy at most.
      this.#left = Math.max(RENEW_AFTER, 2 * this.#map.size);
    }
    this.#map.set(key, value);
    return this;
  }

  override delete(key: Key): boolean {
    return this.#map.delete(key);
  }

  override clear(): void {
    this.#map.clear();
  }

  override forEach(visit: (value: Value, key: Key, map: Map<Key, Value>) => void, self?: unknown): void {
    for (const [key, value] of this.#map) visit.call(self, value, key, this);
  }

  override keys(): MapIterator<Key> {
    return this.#map.keys();
  }

  override values(): MapIterator<Value> {
    return this.#map.values();
  }

  override entries(): MapIterator<[Key, Value]> {
    return this.#map.entries();
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.#map.entries();
  }
}
