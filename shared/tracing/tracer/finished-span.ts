/** What of a span is left to whoever records it: the encoders, and the memory of tests. */
import type { JaegerSpanContext } from './span-context.ts';
import type { TagPairs, Tags } from './tag-pairs.ts';

/** Something that happened at one moment within a span. */
export interface SpanLog {
  /** Milliseconds since 1970, fractional. */
  readonly timeMs: number;
  readonly fields: TagPairs;
}

/** A causal reference to another span, beside the parent. */
export interface SpanReference {
  readonly type: 'child_of' | 'follows_from';
  readonly context: JaegerSpanContext;
}

/** What a finished span offers to whoever records it, at the moment of its end. */
export interface FinishedSpan {
  readonly service: string;
  readonly operationName: string;
  readonly spanContext: JaegerSpanContext;
  readonly references: readonly SpanReference[];
  /** Milliseconds since 1970, fractional. */
  readonly startTimeMs: number;
  /** Milliseconds since 1970, fractional; never before the start. */
  readonly finishTimeMs: number;
  /** Frozen tags that many spans share; none of their names is in `tags`. */
  readonly sharedTags: Tags | undefined;
  readonly tags: TagPairs;
  readonly logs: readonly SpanLog[];
}

/** The same for good, where somebody records it later: the span itself forgets it as soon as it has ended. */
export function copyOfFinished(span: FinishedSpan): FinishedSpan {
  const { service, operationName, spanContext, references } = span;
  const { startTimeMs, finishTimeMs, sharedTags, tags, logs } = span;
  return {
    ...{ service, operationName, spanContext, references },
    ...{ startTimeMs, finishTimeMs, sharedTags, tags, logs },
  };
}
