/** Executions and handlers of events that are not to have a span of their own. */
import type { Span, SpanContext, Tracer } from 'opentracing';
import { withSpan } from '../current-span.ts';
import { passThroughSpan } from '../pass-through-span.ts';
import { noteSpan, type TracedContext } from './traced-context.ts';

/**
 * Runs `next` in place of whatever caused it: what it causes is a child of `parent`, also where that happens outside of its
 * request, as with pools. Nothing that is written on its span is seen.
 */
export function handleWithoutSpan<Result>(
  next: (ctx: TracedContext) => Result,
  ctx: TracedContext,
  { parent, tracer }: { parent: Span | SpanContext | undefined; tracer: Tracer },
): Result {
  if (parent === undefined) return withSpan(undefined, next, ctx);
  const span = passThroughSpan(parent, tracer);
  noteSpan(ctx, span);
  return withSpan(span, next, ctx);
}
