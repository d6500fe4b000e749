/** A span of this library's own tracer: an OpenTracing span that keeps no more than what will be sent. */
import opentracing, { type Tracer } from 'opentracing';
import { baggageItem, withBaggageItem } from './baggage.ts';
import type { SamplingDecision } from './sampling.ts';
import type { JaegerSpanContext } from './span-context.ts';

/** Tags by name. */
export type Tags = Readonly<Record<string, unknown>>;

/** Something that happened at one moment within a span. */
export interface SpanLog {
  /** Milliseconds since 1970, fractional. */
  readonly timeMs: number;
  readonly fields: Tags;
}

/** A causal reference to another span, beside the parent. */
export interface SpanReference {
  readonly type: 'child_of' | 'follows_from';
  readonly context: JaegerSpanContext;
}

/** What a finished span offers to whoever records it; read it at once, the span may be reused by nobody but is not frozen. */
export interface FinishedSpan {
  readonly service: string;
  readonly operationName: string;
  readonly spanContext: JaegerSpanContext;
  readonly references: readonly SpanReference[];
  /** Milliseconds since 1970, fractional. */
  readonly startTimeMs: number;
  /** Milliseconds, fractional, at least one microsecond. */
  readonly durationMs: number;
  /** Frozen tags that many spans share; those in `tags` win over them. */
  readonly sharedTags: Tags | undefined;
  /** The span's own tags as name, value, name, value, ... */
  readonly tags: readonly unknown[];
  readonly logs: readonly SpanLog[];
}

/** What a span needs of the tracer that made it. */
export interface SpanOwner {
  readonly tracer: Tracer;
  readonly service: string;
  now(): number;
  onSetTag(span: JaegerSpan, key: string, value: unknown): SamplingDecision;
  onSetOperationName(span: JaegerSpan, operationName: string): SamplingDecision;
  finished(span: JaegerSpan): void;
}

const { SAMPLING_PRIORITY } = opentracing.Tags;

/** Jaeger takes a duration of 0 for a negative one and warns (it shows microseconds). */
const SHORTEST_MS = 0.001;

const NOTHING: readonly never[] = Object.freeze([]);

export class JaegerSpan extends opentracing.Span implements FinishedSpan {
  operationName: string;
  spanContext: JaegerSpanContext;
  readonly references: readonly SpanReference[];
  readonly startTimeMs: number;
  durationMs = Number.NaN;
  sharedTags: Tags | undefined;
  tags: unknown[] = NOTHING as never;
  logs: SpanLog[] = NOTHING as never;
  readonly #owner: SpanOwner;

  constructor(
    owner: SpanOwner,
    operationName: string,
    spanContext: JaegerSpanContext,
    start: { timeMs: number; references: readonly SpanReference[] },
  ) {
    super();
    this.#owner = owner;
    this.operationName = operationName;
    this.spanContext = spanContext;
    this.startTimeMs = start.timeMs;
    this.references = start.references;
  }

  get service(): string {
    return this.#owner.service;
  }

  override context(): JaegerSpanContext {
    return this.spanContext;
  }

  override tracer(): Tracer {
    return this.#owner.tracer;
  }

  override setOperationName(name: string): this {
    this.operationName = name;
    if (!this.spanContext.sampling.isFinal()) this.applyDecision(this.#owner.onSetOperationName(this, name));
    return this;
  }

  override setBaggageItem(key: string, value: string): this {
    const baggage = withBaggageItem(this.spanContext.baggage, key, value);
    this.spanContext = this.spanContext.withBaggage(baggage);
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return baggageItem(this.spanContext.baggage, key);
  }

  override addTags(tags: Tags): this {
    // The priority first: it can make an unsampled span take the others.
    if (SAMPLING_PRIORITY in tags) this.setTag(SAMPLING_PRIORITY, tags[SAMPLING_PRIORITY]);
    if (!this.#writable()) return this;
    for (const key of Object.keys(tags)) if (key !== SAMPLING_PRIORITY) this.setTag(key, tags[key]);
    return this;
  }

  override setTag(key: string, value: unknown): this {
    if (key === SAMPLING_PRIORITY && !this.#setPriority(value)) return this;
    if (!this.#writable()) return this;
    this.#putTag(key, value);
    const { sampling } = this.spanContext;
    if (!sampling.isFinal()) this.applyDecision(this.#owner.onSetTag(this, key, value));
    return this;
  }

  override log(fields: Tags, timeMs?: number): this {
    if (!this.#writable()) return this;
    if ((this.logs as unknown) === NOTHING) this.logs = [];
    this.logs.push({ timeMs: timeMs ?? this.#owner.now(), fields });
    return this;
  }

  override logEvent(eventName: string, payload?: unknown): void {
    this.log({ event: eventName, payload });
  }

  /** Ends the span and hands it on where it is sampled; a second call does nothing. */
  override finish(finishTimeMs?: number): void {
    if (!Number.isNaN(this.durationMs)) return;
    const { sampling } = this.spanContext;
    if (!sampling.isFinal()) sampling.setFinal(true);
    // An unsampled span is not recorded, so its end need not be read from the clock.
    const endMs = sampling.isSampled() ? (finishTimeMs ?? this.#owner.now()) : this.startTimeMs;
    this.durationMs = Math.max(endMs - this.startTimeMs, SHORTEST_MS);
    this.#owner.finished(this);
  }

  /** Takes a sampler's decision over into the trace's state. */
  applyDecision(decision: SamplingDecision): void {
    const { sampling } = this.spanContext;
    if (!decision.retryable) sampling.setFinal(true);
    if (!decision.sample) return;
    sampling.setSampled(true);
    if (decision.tags) for (const key of Object.keys(decision.tags)) this.#putTag(key, decision.tags[key]);
  }

  #writable(): boolean {
    const { sampling } = this.spanContext;
    return (sampling.isSampled() || !sampling.isFinal()) && Number.isNaN(this.durationMs);
  }

  #putTag(key: string, value: unknown): void {
    if ((this.tags as unknown) === NOTHING) this.tags = [];
    const { tags } = this;
    for (let i = 0; i < tags.length; i += 2) {
      if (tags[i] === key) {
        tags[i + 1] = value;
        return;
      }
    }
    tags.push(key, value);
  }

  /** Forces the trace to be kept (above 0) or dropped; says whether the tag is worth writing. */
  #setPriority(priority: unknown): boolean {
    const { sampling } = this.spanContext;
    if (priority === undefined || typeof priority !== 'number') return false;
    if (priority <= 0) {
      sampling.setSampled(false);
      sampling.setFinal(true);
      return false;
    }
    if (sampling.isDebug() && sampling.isSampled()) return false;
    sampling.setSampled(true);
    sampling.setDebug(true);
    sampling.setFinal(true);
    return true;
  }
}
