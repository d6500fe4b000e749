/** Whether what is written on a span will ever be read. */
import type { Span } from 'opentracing';
import { isDiscarded } from './discarded.ts';

/**
 * False where the span's trace is known not to be sampled, so that no tag need be made for it. OpenTracing cannot say,
 * but the contexts of this library and of jaeger-client can; spans of other tracers count as recorded.
 */
export function isRecorded(span: Span): boolean {
  if (isDiscarded(span)) return false;
  const context = span.context() as { isSampled?: () => boolean };
  return context.isSampled === undefined || context.isSampled();
}
