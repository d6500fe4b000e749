/** References into a trace of zeros lead nowhere. */
import { NO_TRACE_ID, type SpanBatch } from '../../spans/span.ts';
import { addWarnings } from '../../spans/warnings.ts';

/** Drops them with a warning each, in place. */
export function dropVoidLinks(batches: readonly SpanBatch[]): void {
  for (const span of batches.flatMap((batch) => batch.spans)) {
    const valid = span.links.filter((link) => link.traceId !== NO_TRACE_ID);
    const dropped = span.links.length - valid.length;
    if (dropped === 0) continue;
    addWarnings(span, Array<string>(dropped).fill('Invalid span link removed'));
    span.links = valid;
  }
}
