/**
 * The default tracer: jaeger-client's contracts (its samplers, its context format, OpenTracing's API) without its costs.
 *
 * Ids stay text and tags as they were given until they are encoded, a span that is not sampled keeps no more than how it
 * began, and one that is sampled is handed to a sink as it finishes, and forgotten.
 */
import type { Span, SpanContext, SpanOptions } from 'opentracing';
import * as opentracing from 'opentracing';
import type { Codec, CodecOptions, TextMap } from '../propagation/codec.ts';
import { type Baggage, NO_BAGGAGE } from './baggage.ts';
import type { Clock, Timeline } from './clock.ts';
import { DiscardedSpan, type DiscardedSpanOwner } from './discarded-span.ts';
import type { FinishedSpan } from './finished-span.ts';
import { LocalTrace } from './local-trace.ts';
import { contextOf, parentOf, referencesFrom, unopenedOf } from './references.ts';
import { contextFromText, remoteContext } from './remote-context.ts';
import type { Sampler } from './sampler.ts';
import { JaegerSpan, type SpanOwner } from './span.ts';
import { JaegerSpanContext } from './span-context.ts';
import { hasTag } from './tag-pairs.ts';

/** Where finished, sampled spans go; must not throw. */
export interface SpanSink {
  record(span: FinishedSpan): void;
}

/** How many spans that are recorded all tracers of a process have started and finished. */
export interface SpanCounts {
  started: number;
  finished: number;
}

/** What a tracer is made of; all but the sampler is shared by the tracers of a process. */
export interface TracerParts {
  readonly sampler: Sampler;
  readonly sink: SpanSink;
  /** All write their headers; the first that finds its own is believed. */
  readonly codecs: readonly Codec[];
  readonly clock: Clock;
  /** 16 hex digits, never zeros. */
  readonly randomId: () => string;
  readonly counts: SpanCounts;
}

const { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } = opentracing;
const { SAMPLING_PRIORITY } = opentracing.Tags;
const DEBUG_ID_TAG = 'jaeger-debug-id';
const NO_OPTIONS: SpanOptions = Object.freeze({});
const IN_HEADERS: CodecOptions = { httpHeaders: true };
const IN_TEXT: CodecOptions = { httpHeaders: false };

export class JaegerTracer extends opentracing.Tracer implements SpanOwner, DiscardedSpanOwner {
  readonly service: string;
  readonly #parts: TracerParts;

  constructor(service: string, parts: TracerParts) {
    super();
    this.service = service;
    this.#parts = parts;
  }

  get tracer(): this {
    return this;
  }

  /** Milliseconds since 1970, fractional. */
  now(): number {
    return this.#parts.clock.timeline().now();
  }

  /**
   * Starts a span: a child of `childOf`, else of the first CHILD_OF reference, else of the first FOLLOWS_FROM one,
   * else the root of a new trace. Frozen `tags` are kept by reference and encoded once for all spans that share them.
   */
  override startSpan(operationName: string, given?: SpanOptions): JaegerSpan | DiscardedSpan {
    const options = given ?? NO_OPTIONS;
    const parent = parentOf(options, unopenedOf);
    if (parent?.isDiscarded && !hasTag(options.tags, SAMPLING_PRIORITY))
      return new DiscardedSpan(this, operationName, parent, options);
    return this.startWhole(operationName, options);
  }

  startWhole(operationName: string, options: SpanOptions, inherited?: Baggage): JaegerSpan {
    const { references, startTime, tags } = options;
    const parent = parentOf(options, contextOf);
    const context = parent?.isValid ? this.#childOf(parent, inherited) : this.#root(parent);
    const { local } = context;

    const span = new JaegerSpan(this, operationName, context);
    if (Array.isArray(references)) span.references = referencesFrom(references);
    if (!local.isFinal()) span.applyDecision(this.#parts.sampler.onCreateSpan(span));
    span.begin(startTime);
    span.noteRecording();
    if (tags) span.addStartTags(tags);
    if (local.debugId !== undefined && context.parentId === undefined)
      span.setTag(DEBUG_ID_TAG, local.debugId);
    return span;
  }

  /** Writes the context into a text map, in every configured format. Throws on formats that OpenTracing does not know. */
  override inject(spanOrContext: Span | SpanContext, format: string, carrier: unknown): void {
    const options = codecOptions(format);
    const context = contextOf(spanOrContext);
    if (options === undefined || !context?.isValid || !isTextMap(carrier)) return;
    context.local.setFinal(true);
    try {
      for (const codec of this.#parts.codecs) codec.inject(context, carrier, options);
    } catch {
      // A frozen carrier: the request goes out without a context rather than not at all.
    }
  }

  /**
   * What the first format that matches finds in a text map, or null; never throws on what a peer sent. Throws on formats
   * that OpenTracing does not know.
   */
  override extract(format: string, carrier: unknown): JaegerSpanContext | null {
    const options = codecOptions(format);
    if (options === undefined || !isTextMap(carrier)) return null;
    try {
      for (const codec of this.#parts.codecs) {
        const remote = codec.extract(carrier, options);
        if (remote !== undefined) return remoteContext(remote);
      }
    } catch {
      // A carrier with throwing getters.
    }
    return null;
  }

  /** The context alone, as `uber-trace-id` has it; undefined where baggage has to travel too, or the span is another tracer's. */
  contextText(span: Span): string | undefined {
    if (span instanceof DiscardedSpan) return span.hopText();
    const context = contextOf(span);
    if (!context?.isValid || context.baggage !== NO_BAGGAGE) return undefined;
    context.local.setFinal(true);
    return context.toHopText();
  }

  /** The context that {@link contextText} wrote, in any valid form of `uber-trace-id`. */
  contextFromText(text: string): SpanContext | undefined {
    return contextFromText(text);
  }

  timeline(): Timeline {
    return this.#parts.clock.timeline();
  }

  onSetTag(span: JaegerSpan, name: string, value: unknown) {
    return this.#parts.sampler.onSetTag(span, name, value);
  }

  onSetOperationName(span: JaegerSpan, operationName: string) {
    return this.#parts.sampler.onSetOperationName(span, operationName);
  }

  recording(): void {
    this.#parts.counts.started++;
  }

  finished(span: JaegerSpan, isKept: boolean): void {
    this.#parts.counts.finished++;
    if (isKept) this.#parts.sink.record(span);
  }

  #childOf(parent: JaegerSpanContext, baggage = parent.baggage): JaegerSpanContext {
    const { traceId } = parent;
    const spanId = this.#parts.randomId();
    // A remote parent that decided nothing: this span is the first of its trace here, and decides.
    const decides = !parent.local.hasBegun && !parent.local.isFinal();
    const local = decides ? new LocalTrace(spanId) : parent.local;
    local.hasBegun = true;
    return new JaegerSpanContext(traceId, spanId, parent.spanId, local, baggage);
  }

  /** The root of a new trace; `asked` is a context without a span that asks for a debug trace, or brings baggage. */
  #root(asked: JaegerSpanContext | undefined): JaegerSpanContext {
    const { randomId } = this.#parts;
    const spanId = randomId();
    const local = new LocalTrace(spanId);
    local.hasBegun = true;
    if (asked?.local.debugId !== undefined) {
      local.debugId = asked.local.debugId;
      local.setSampled(true);
      local.setDebug(true);
      local.setFinal(true);
    }
    return new JaegerSpanContext(randomId() + spanId, spanId, undefined, local, asked?.baggage ?? NO_BAGGAGE);
  }
}

/** Undefined for the binary format, which jaeger-client too knows by name only. */
function codecOptions(format: string): CodecOptions | undefined {
  if (format === FORMAT_HTTP_HEADERS) return IN_HEADERS;
  if (format === FORMAT_TEXT_MAP) return IN_TEXT;
  if (format === FORMAT_BINARY) return undefined;
  throw new Error(`Unsupported format: ${format}`);
}

function isTextMap(carrier: unknown): carrier is TextMap {
  return typeof carrier === 'object' && carrier !== null;
}
