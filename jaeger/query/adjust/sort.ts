/** Puts attributes in the order of their keys and events in the order of their names (not of their times). */
import { compareUtf8 } from '../../spans/compare-utf8.ts';
import type { Attributes, SpanBatch } from '../../spans/span.ts';

/** Sorts in place. */
export function sortAttributesAndEvents(batches: SpanBatch[]): void {
  for (const batch of batches) {
    batch.resource = sorted(batch.resource);
    for (const span of batch.spans) {
      span.attributes = sorted(span.attributes);
      span.events.sort((a, b) => compareUtf8(a.name, b.name));
      for (const event of span.events) event.attributes = sorted(event.attributes);
    }
  }
}

function sorted(attributes: Attributes): Attributes {
  return new Map([...attributes].sort(([a], [b]) => compareUtf8(a, b)));
}
