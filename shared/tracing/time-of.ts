/** The time as a span, or else its tracer, tells it, so that times of one span agree. */
import type { Span } from 'opentracing';

type Timed = { now?: () => number };

/** Milliseconds since 1970; fractional where the tracer has a clock of its own. */
export function timeOf(span: Span): number {
  const timed: Timed = 'now' in span ? (span as Timed) : (span.tracer() as Timed);
  return timed.now?.() ?? Date.now();
}
