/**
 * Traces that are not recorded. Their calls and events have no spans of their own, and carry the span that makes them instead.
 * Where somebody raises the trace's priority on the way (`sampling.priority`, as OpenTracing names it), this process records
 * what runs and what it causes from there on, each in its place. Processes before it have recorded nothing, so the parent of
 * the first span here is missing.
 */
import type { Span } from 'opentracing';

/** True where nothing of the span's trace is recorded, unless its priority is raised. Only this library's own tracer can say. */
export function isDiscarded(span: Span): boolean {
  return (span as Span & { readonly isDiscarded?: boolean }).isDiscarded === true;
}
