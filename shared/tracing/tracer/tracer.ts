/**
 * The default tracer: jaeger-client's contracts (its samplers, its context format, OpenTracing's API) without its costs.
 *
 * Ids stay text from their making to the wire, tags are kept as given until they are encoded, an unsampled span keeps
 * nothing, and a finished one is handed to a sink at once and forgotten.
 */
import opentracing, { type Span, type SpanContext, type SpanOptions } from 'opentracing';
import type { Codec, RemoteSpan, TextMap } from '../propagation/codec.ts';
import { NO_BAGGAGE } from './baggage.ts';
import type { Clock } from './clock.ts';
import { createSamplingState, type Sampler } from './sampling.ts';
import { type FinishedSpan, JaegerSpan, type SpanOwner, type SpanReference, type Tags } from './span.ts';
import { JaegerSpanContext } from './span-context.ts';

/** Where finished, sampled spans go. */
export interface SpanSink {
  record(span: FinishedSpan): void;
}

/** How many spans all tracers of a process have started and finished, sampled or not. */
export interface SpanCounts {
  started: number;
  finished: number;
}

/** What the tracers of a process share. */
export interface TracerParts {
  readonly sampler: Sampler;
  readonly sink: SpanSink;
  readonly codecs: readonly Codec[];
  readonly clock: Clock;
  /** 16 hex digits, never zeros. */
  readonly randomId: () => string;
  readonly counts: SpanCounts;
}

const { FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP, REFERENCE_CHILD_OF, REFERENCE_FOLLOWS_FROM } = opentracing;
const { SAMPLING_PRIORITY } = opentracing.Tags;
const NO_REFERENCES: readonly SpanReference[] = Object.freeze([]);
const IN_HEADERS = { httpHeaders: true };
const IN_TEXT = { httpHeaders: false };

export class JaegerTracer extends opentracing.Tracer implements SpanOwner {
  readonly service: string;
  readonly #parts: TracerParts;
  readonly #now: Clock;

  constructor(service: string, parts: TracerParts) {
    super();
    this.service = service;
    this.#parts = parts;
    this.#now = parts.clock;
  }

  get tracer(): this {
    return this;
  }

  now(): number {
    return this.#now();
  }

  /**
   * Starts a span: a child of `childOf`, else of the first CHILD_OF reference, else of the first FOLLOWS_FROM one,
   * else the root of a new trace. Frozen `tags` are kept by reference and encoded once for all spans that share them.
   */
  override startSpan(operationName: string, options: SpanOptions = {}): JaegerSpan {
    const { counts, randomId, sampler } = this.#parts;
    const given = options.references;
    const parent = contextOf(options.childOf) ?? (given && parentAmong(given));
    const spanId = randomId();
    const context = parent ? parent.child(spanId) : rootContext(randomId() + spanId, spanId);

    const span = new JaegerSpan(this, operationName, context, {
      timeMs: options.startTime ?? this.#now(),
      references: given?.length ? referencesFrom(given) : NO_REFERENCES,
    });
    counts.started++;
    if (!context.sampling.isFinal()) span.applyDecision(sampler.onCreateSpan(span));
    if (options.tags) addStartTags(span, options.tags);
    return span;
  }

  /** Writes the context into a text map, in every configured format. Throws on other formats. */
  override inject(spanOrContext: Span | SpanContext, format: string, carrier: unknown): void {
    const options = codecOptions(format);
    const context = contextOf(spanOrContext);
    if (context === undefined) return;
    context.sampling.setFinal(true);
    for (const codec of this.#parts.codecs) codec.inject(context, carrier as TextMap, options);
  }

  /** The context that the first matching format finds in a text map, or null. Throws on other formats. */
  override extract(format: string, carrier: unknown): JaegerSpanContext | null {
    const options = codecOptions(format);
    if (typeof carrier !== 'object' || carrier === null) return null;
    for (const codec of this.#parts.codecs) {
      const remote = codec.extract(carrier as TextMap, options);
      if (remote !== undefined) return remoteContext(remote);
    }
    return null;
  }

  onSetTag(span: JaegerSpan, key: string, value: unknown) {
    return this.#parts.sampler.onSetTag(span, key, value);
  }

  onSetOperationName(span: JaegerSpan, operationName: string) {
    return this.#parts.sampler.onSetOperationName(span, operationName);
  }

  finished(span: JaegerSpan): void {
    this.#parts.counts.finished++;
    if (span.spanContext.isSampled()) this.#parts.sink.record(span);
  }
}

function codecOptions(format: string): { httpHeaders: boolean } {
  if (format === FORMAT_HTTP_HEADERS) return IN_HEADERS;
  if (format === FORMAT_TEXT_MAP) return IN_TEXT;
  throw new Error(`Unsupported format: ${format}`);
}

/** The context of a span or context of this tracer; spans of other tracers say nothing to it. */
function contextOf(spanOrContext: Span | SpanContext | undefined): JaegerSpanContext | undefined {
  if (spanOrContext instanceof JaegerSpan) return spanOrContext.spanContext;
  return spanOrContext instanceof JaegerSpanContext ? spanOrContext : undefined;
}

function parentAmong(references: NonNullable<SpanOptions['references']>): JaegerSpanContext | undefined {
  let followed: JaegerSpanContext | undefined;
  for (const reference of references) {
    const context = contextOf(reference.referencedContext());
    if (context === undefined) continue;
    if (reference.type() === REFERENCE_CHILD_OF) return context;
    if (reference.type() === REFERENCE_FOLLOWS_FROM) followed ??= context;
  }
  return followed;
}

function referencesFrom(references: NonNullable<SpanOptions['references']>): SpanReference[] {
  return references.flatMap((reference) => {
    const context = contextOf(reference.referencedContext());
    if (context === undefined) return [];
    return [{ type: reference.type() === REFERENCE_FOLLOWS_FROM ? 'follows_from' : 'child_of', context }];
  });
}

function rootContext(traceId: string, spanId: string): JaegerSpanContext {
  const sampling = createSamplingState(spanId);
  return new JaegerSpanContext(traceId, spanId, undefined, { sampling, baggage: NO_BAGGAGE, remote: false });
}

function remoteContext({ traceId, spanId, parentId, flags, baggage }: RemoteSpan): JaegerSpanContext {
  const sampling = createSamplingState(spanId);
  sampling.setFlags(flags);
  sampling.setFinal(true);
  return new JaegerSpanContext(traceId, spanId, parentId, { sampling, baggage, remote: true });
}

function addStartTags(span: JaegerSpan, tags: Tags): void {
  const { sampling } = span.spanContext;
  if (!sampling.isFinal() || !Object.isFrozen(tags) || SAMPLING_PRIORITY in tags) span.addTags(tags);
  else if (sampling.isSampled()) span.sharedTags = tags;
}
