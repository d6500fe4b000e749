/** The ids of a span, as people and other systems read them. */
import type { Span } from 'opentracing';

/** The trace's id in 32 hex digits, whatever tracer made the span; empty for spans of a tracer that traces nothing. */
export function traceIdOf(span: Span): string {
  return padded(span.context().toTraceId(), 32);
}

/** The span's id in 16 hex digits. */
export function spanIdOf(span: Span): string {
  return padded(span.context().toSpanId(), 16);
}

function padded(id: string, digits: number): string {
  return id === '' ? '' : id.padStart(digits, '0');
}
