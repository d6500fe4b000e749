/** What joins log lines and traces. */
import { currentSpan } from './current-span.ts';
import { spanIdOf, traceIdOf } from './trace-id.ts';

/** `{ traceId, spanId }` of the active span, for a logger's mixin; `{}` outside a trace. */
export function traceFields(): { traceId: string; spanId: string } | Record<string, never> {
  const span = currentSpan();
  if (span === undefined) return {};
  const traceId = traceIdOf(span);
  return traceId === '' ? {} : { traceId, spanId: spanIdOf(span) };
}
