/**
 * Tags that many spans have in common: made once for each of the few values on which they depend, frozen, and so encoded
 * once for all spans. A span's cost hardly depends on how many of them it has.
 */
import type { Span } from 'opentracing';
import type { Tags } from './tracer/tag-pairs.ts';

/** Names come from users and from the wire: beyond so many, each value is made anew. */
const MOST_REMEMBERED = 1000;

/** What `make` makes of a key, remembered for the first thousand keys. */
export function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      if (known.size < MOST_REMEMBERED) known.set(key, value);
    }
    return value;
  };
}

/** What spans of this library's own tracer can do beyond OpenTracing's. */
interface GrowingSpan {
  growTags(from: Tags | undefined, to: Tags): boolean;
}

/**
 * Gives a span that has the frozen tags `from` the frozen tags `to`, which are these and more. Spans that can are handed
 * the whole at once; others, and those whose own tags are in the way, take the new ones one by one.
 */
export function growTags(span: Span, from: Tags | undefined, to: Tags): void {
  if ('growTags' in span && (span as GrowingSpan).growTags(from, to)) return;
  for (const name of Object.keys(to))
    if (from === undefined || !Object.hasOwn(from, name)) span.setTag(name, to[name]);
}
