/** Tags that say which tracing library made a span belong to the process. */
import { type AttributeValue, type Span, type SpanBatch, takeOut } from '../../spans/span.ts';
import { addWarnings, asText } from '../../spans/warnings.ts';

const KEYS = [
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
  'telemetry.distro.name',
  'telemetry.distro.version',
];

/** Moves them there, in place; a span that contradicts its process keeps its own and gets a warning. */
export function moveLibraryTags(batches: readonly SpanBatch[]): void {
  for (const batch of batches) {
    for (const span of batch.spans) for (const key of KEYS) moveTag(key, span, batch);
  }
}

function moveTag(key: string, span: Span, { resource }: SpanBatch): void {
  const value = span.attributes.get(key);
  if (value === undefined) return;
  const existing = resource.get(key);
  if (existing !== undefined && !isSame(existing, value)) {
    addWarnings(span, `conflicting values between Span and Resource for attribute ${key}`);
    return;
  }
  takeOut(span.attributes, key);
  resource.set(key, value);
}

function isSame(a: AttributeValue, b: AttributeValue): boolean {
  return a.type === b.type && asText(a) === asText(b);
}
