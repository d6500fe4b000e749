/** Estimates what spans take in memory, so that a store can be bounded without walking the heap. */
import type { Attributes, AttributeValue, Span, SpanBatch } from '../spans/span.ts';

// Measured on Node 24, as growth of the heap over 60,000 spans with 0 to 40 tags and 0 to 10 logs: right within a tenth.
const SPAN_BYTES = 880;
const EVENT_BYTES = 80;
const LINK_BYTES = 160;
const ATTRIBUTES_BYTES = 120;
const ATTRIBUTE_BYTES = 120;

/** The memory that a batch holds, in bytes, about. */
export function batchBytes({ resource, spans }: SpanBatch): number {
  return spans.reduce((sum, span) => sum + spanBytes(span), attributesBytes(resource));
}

function spanBytes(span: Span): number {
  let bytes =
    SPAN_BYTES + span.name.length + span.links.length * LINK_BYTES + attributesBytes(span.attributes);
  for (const event of span.events)
    bytes += EVENT_BYTES + event.name.length + attributesBytes(event.attributes);
  return bytes;
}

function attributesBytes(attributes: Attributes): number {
  let bytes = ATTRIBUTES_BYTES;
  for (const [key, value] of attributes) bytes += ATTRIBUTE_BYTES + key.length + valueBytes(value);
  return bytes;
}

function valueBytes({ type, value }: AttributeValue): number {
  return type === 'string' || type === 'binary' || type === 'list' ? value.length : 8;
}
