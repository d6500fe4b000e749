/** What a new span refers to, by OpenTracing's options: its parent, and what is sent beside it. */
import type { Reference, Span, SpanContext, SpanOptions } from 'opentracing';
import * as opentracing from 'opentracing';
import { DiscardedSpan } from './discarded-span.ts';
import type { SpanReference } from './finished-span.ts';
import { DiscardedHop } from './remote-context.ts';
import { JaegerSpan } from './span.ts';
import { JaegerSpanContext } from './span-context.ts';

const { REFERENCE_CHILD_OF, REFERENCE_FOLLOWS_FROM } = opentracing;

/** The context of a span or context of this library's tracer; those of other tracers say nothing to it. */
export function contextOf(spanOrContext: Span | SpanContext | undefined): JaegerSpanContext | undefined {
  if (spanOrContext instanceof JaegerSpan) return spanOrContext.spanContext;
  const context = spanOrContext instanceof opentracing.Span ? spanOrContext.context() : spanOrContext;
  if (context instanceof DiscardedHop) return context.open();
  return context instanceof JaegerSpanContext ? context : undefined;
}

/** The same of a parent, which is asked for no more than it knows. */
export function unopenedOf(
  spanOrContext: Span | SpanContext | undefined,
): JaegerSpanContext | DiscardedHop | undefined {
  if (spanOrContext instanceof DiscardedHop) return spanOrContext;
  return spanOrContext instanceof DiscardedSpan ? spanOrContext.parentOfChildren : contextOf(spanOrContext);
}

type GivenReferences = NonNullable<SpanOptions['references']>;

/** `childOf`, else the first CHILD_OF reference, else the first FOLLOWS_FROM one, as `read` reads it. */
export function parentOf<Found>(
  { childOf, references }: SpanOptions,
  read: (given: Span | SpanContext | undefined) => Found | undefined,
): Found | undefined {
  return read(childOf) ?? (Array.isArray(references) ? parentAmong(references, read) : undefined);
}

function parentAmong<Found>(
  references: GivenReferences,
  read: (given: SpanContext | undefined) => Found | undefined,
): Found | undefined {
  let followed: Found | undefined;
  for (const reference of references) {
    const context = read(referenced(reference));
    if (context === undefined) continue;
    if (reference.type() === REFERENCE_CHILD_OF) return context;
    if (reference.type() === REFERENCE_FOLLOWS_FROM) followed ??= context;
  }
  return followed;
}

/** Those that can be sent: of the two types that Jaeger knows, to spans of this library's tracer. */
export function referencesFrom(references: GivenReferences): SpanReference[] {
  return references.flatMap((reference) => {
    const context = contextOf(referenced(reference));
    const type = context?.isValid && REFERENCE_TYPES[reference.type()];
    return context && type ? [{ type, context }] : [];
  });
}

/** Nothing of what is no reference: a list may have gaps, such as of `parent && followsFrom(parent)`. */
export function referenced(reference: Partial<Reference> | null | undefined): SpanContext | undefined {
  return reference?.referencedContext?.();
}

const REFERENCE_TYPES: Readonly<Record<string, SpanReference['type']>> = {
  [REFERENCE_CHILD_OF]: 'child_of',
  [REFERENCE_FOLLOWS_FROM]: 'follows_from',
};
