/**
 * Lets requests go once they are answered. Moleculer keeps those that wait in a `Map`, and V8 chains the tables that a
 * `Map` outgrows or tidies: each refers to the requests that waited at the time, and to the next. When one of them has
 * grown old, scavenges take all that came behind it for alive, with the contexts of the requests and the spans of these,
 * until the next full garbage collection. The table of a new `Map` has none before it.
 */
import type { ServiceBroker } from 'moleculer';

/** Calls after which the `Map` is replaced at the earliest: many more lie between two scavenges. */
const RENEW_AFTER = 64;

/**
 * Is to be called before each request to another node: now and then it gives the broker a new `Map` of the same requests.
 * One that the application has put there is left alone.
 */
export function renewingPendingRequests({ transit }: ServiceBroker): () => void {
  if (transit?.pendingRequests?.constructor !== Map) return () => {};
  let left = RENEW_AFTER;
  return () => {
    if (--left > 0) return;
    const waiting = transit.pendingRequests;
    transit.pendingRequests = new Map(waiting);
    // However many wait, a request pays for half a copy at most.
    left = Math.max(RENEW_AFTER, 2 * waiting.size);
  };
}
