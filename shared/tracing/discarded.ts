/**
 * Traces that are not recorded. Their calls and events have no spans of their own, but carry the span that makes them:
 * whoever raises the trace's priority on the way (`sampling.priority`, as OpenTracing names it) still finds no parent
 * missing in what is recorded from there on.
 */
import type { Span } from 'opentracing';

/** True where nothing of the span's trace is recorded, unless its priority is raised. Only this library's own tracer can say. */
export function isDiscarded(span: Span): boolean {
  return (span as Span & { readonly isDiscarded?: boolean }).isDiscarded === true;
}
