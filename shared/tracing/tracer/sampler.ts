/** jaeger-client's sampler interface, version 2: what decides which traces are recorded. */

/** What a sampler decided about a span; `retryable` while a later operation name may still change it. */
export interface SamplingDecision {
  sample: boolean;
  retryable: boolean;
  tags: Record<string, unknown> | null;
}

/** The span as a sampler may look at it. */
export interface SampledSpan {
  readonly operationName: string;
}

/** Decides about a trace as its first span begins and, while that is retryable, as the span gets another name or a tag. */
export interface Sampler {
  onCreateSpan(span: SampledSpan): SamplingDecision;
  onSetOperationName(span: SampledSpan, operationName: string): SamplingDecision;
  onSetTag(span: SampledSpan, key: string, value: unknown): SamplingDecision;
  close(done?: () => void): void;
}
