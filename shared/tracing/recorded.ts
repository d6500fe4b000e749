/** Whether what is written on a span will ever be read. */
import type { Span } from 'opentracing';
import { isDiscarded } from './discarded.ts';

/**
 * False where the span's trace is not sampled, so that no tag need be made for it. OpenTracing cannot say, but this
 * library's own spans and jaeger-client's contexts can; spans of other tracers count as recorded, and so does one about
 * which a sampler has still to decide: it may do so by the name or a tag that the span gets.
 */
export function isRecorded(span: Span): boolean {
  if ('isDiscarded' in span) return !isDiscarded(span);
  const context = span.context() as { isSampled?: () => boolean; readonly samplingFinalized?: boolean };
  return context.isSampled === undefined || context.isSampled() || context.samplingFinalized === false;
}
