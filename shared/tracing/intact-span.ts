/** Whether a span is one, and not a copy that somebody has made of it member by member, as deep clones of options do. */
import type { Span } from 'opentracing';

/** False of a copy, which lacks what is private; only spans of this library can say. */
export function isIntact(span: Span): boolean {
  return (span as Span & { readonly isIntact?: boolean }).isIntact !== false;
}
