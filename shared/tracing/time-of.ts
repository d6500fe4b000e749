/** The time as a span's own tracer tells it, so that times of one span agree. */
import type { Span } from 'opentracing';

/** Milliseconds since 1970; fractional where the tracer has a clock of its own. */
export function timeOf(span: Span): number {
  const tracer = span.tracer() as { now?: () => number };
  return tracer.now?.() ?? Date.now();
}
