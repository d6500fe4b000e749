/** References into a trace of zeros lead nowhere. */
import { NO_TRACE_ID, type SpanBatch } from '../../spans/span.ts';
import { addWarning } from '../../spans/warnings.ts';

/** Drops them with a warning each, in place. */
export function dropVoidLinks(batches: readonly SpanBatch[]): void {
  for (const span of batches.flatMap((batch) => batch.spans)) {
    const valid = span.links.filter((link) => link.traceId !== NO_TRACE_ID);
    for (let dropped = span.links.length - valid.length; dropped > 0; dropped--)
      addWarning(span, 'Invalid span link removed');
    span.links = valid;
  }
}
