/** What finished spans were at their end: they let go of most of it themselves. */
import type { FinishedSpan } from '#shared/tracing/tracer/span.ts';

/** A place for a tracer's spans to go, and copies of those that came. */
export function keepFinishedSpans() {
  const recorded: FinishedSpan[] = [];
  const record = (span: FinishedSpan): void => {
    const { service, operationName, spanContext, references } = span;
    const { startTimeMs, finishTimeMs, sharedTags, tags, logs } = span;
    recorded.push({
      ...{ service, operationName, spanContext, references },
      ...{ startTimeMs, finishTimeMs, sharedTags, tags, logs },
    });
  };
  return { recorded, sink: { record } };
}
