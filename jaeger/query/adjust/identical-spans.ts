/** A client that was not sure of its first attempt sends a batch again: of identical spans the first one is kept. */

import type { Attributes, Span, SpanBatch } from '../../spans/span.ts';
import { asText } from '../../spans/warnings.ts';

/** Drops spans that are the same in everything, their process included, in place. */
export function dropIdenticalSpans(batches: SpanBatch[]): void {
  const repeatedIds = repeated(batches.flatMap((batch) => batch.spans.map((span) => span.spanId)));
  if (repeatedIds.size === 0) return;
  /** By the text of the resource, which may be long and must not be repeated for each span. */
  const seenByResource = new Map<string, Set<string>>();
  for (const batch of batches) {
    const resource = attributesText(batch.resource);
    const seen = seenByResource.get(resource) ?? new Set();
    seenByResource.set(resource, seen);
    batch.spans = batch.spans.filter(
      (span) => !repeatedIds.has(span.spanId) || seen.size < seen.add(spanText(span)).size,
    );
  }
}

function repeated(ids: readonly string[]): Set<string> {
  const seen = new Set<string>();
  return new Set(ids.filter((id) => seen.size === seen.add(id).size));
}

function spanText(span: Span): string {
  const { attributes, events, startNs, endNs, ...rest } = span;
  return JSON.stringify({
    ...rest,
    times: `${startNs} ${endNs}`,
    attributes: attributesText(attributes),
    events: events.map((event) => [`${event.timeNs}`, event.name, attributesText(event.attributes)]),
  });
}

function attributesText(attributes: Attributes): string {
  return JSON.stringify([...attributes].map(([key, value]) => [key, value.type, asText(value)]));
}
