/** A place for a tracer's spans to go. */
import { copyOfFinished, type FinishedSpan } from '#shared/tracing/tracer/span.ts';

/** A sink that keeps what the spans were at their end. */
export function keepFinishedSpans() {
  const recorded: FinishedSpan[] = [];
  return { recorded, sink: { record: (span: FinishedSpan) => recorded.push(copyOfFinished(span)) } };
}
