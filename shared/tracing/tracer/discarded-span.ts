/**
 * A span of a trace that is discarded: it remembers how it would begin, and becomes a whole one only where somebody asks for
 * its ids or its baggage, or raises the trace's priority. Most never do.
 */
import type { SpanContext, SpanOptions, Tracer } from 'opentracing';
import * as opentracing from 'opentracing';
import { type Baggage, baggageItem, NO_BAGGAGE } from './baggage.ts';
import { DiscardedHop } from './remote-context.ts';
import type { JaegerSpan } from './span.ts';
import type { JaegerSpanContext } from './span-context.ts';
import { hasTag, type Tags } from './tag-pairs.ts';

/** What a discarded span needs of the tracer that made it. */
export interface DiscardedSpanOwner extends Tracer {
  /** Starts the whole span, with this baggage: its parent may have more by now. */
  startWhole(operationName: string, options: SpanOptions, inherited: Baggage): JaegerSpan;
}

const { SAMPLING_PRIORITY } = opentracing.Tags;

export class DiscardedSpan extends opentracing.Span {
  readonly #owner: DiscardedSpanOwner;
  readonly #parent: JaegerSpanContext | DiscardedHop;
  readonly #startMs = Date.now();
  #operationName: string;
  /** How the whole span would begin; undefined once it is over. A copy: the object is the caller's, who may use it again. */
  #options: SpanOptions | undefined;
  #whole: JaegerSpan | undefined;

  constructor(
    owner: DiscardedSpanOwner,
    operationName: string,
    parent: JaegerSpanContext | DiscardedHop,
    { childOf, references, tags, startTime }: SpanOptions,
  ) {
    super();
    this.#owner = owner;
    this.#operationName = operationName;
    this.#parent = parent;
    this.#options = { childOf, references, tags, startTime } as SpanOptions;
  }

  /** False of a copy that something has made member by member. */
  get isIntact(): boolean {
    return #owner in this;
  }

  /** False once the trace's priority has been raised: then the span is recorded. */
  get isDiscarded(): boolean {
    return this.#parent.isDiscarded;
  }

  /** The parent of what the span causes, as long as nobody has asked for the span's own ids: the one that it has itself. */
  get parentOfChildren(): JaegerSpanContext | DiscardedHop {
    return this.#whole?.spanContext ?? this.#parent;
  }

  get operationName(): string {
    return this.#operationName;
  }

  /** What a hop has to carry; undefined where it is more than a context. */
  hopText(): string | undefined {
    const context = this.parentOfChildren;
    if (context instanceof DiscardedHop) return context.text;
    return context.baggage === NO_BAGGAGE ? context.toHopText() : undefined;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#whole?.now() ?? Date.now();
  }

  /** See {@link JaegerSpan.growTags}; whoever gives tags to a span gives them again once it is recorded. */
  growTags(from: Tags | undefined, to: Tags): boolean {
    return this.isDiscarded || this.#open()?.growTags(from, to) !== false;
  }

  override context(): SpanContext {
    return this.#open()?.spanContext ?? this.#parent;
  }

  override tracer(): Tracer {
    return this.#owner;
  }

  override setOperationName(name: string): this {
    this.#operationName = name;
    this.#whole?.setOperationName(name);
    return this;
  }

  override setBaggageItem(key: string, value: string): this {
    this.#open()?.setBaggageItem(key, value);
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return baggageItem(baggageOf(this.parentOfChildren), key);
  }

  override setTag(name: string, value: unknown): this {
    if (name === SAMPLING_PRIORITY || !this.isDiscarded) this.#open()?.setTag(name, value);
    return this;
  }

  override addTags(tags: Tags): this {
    if (!this.isDiscarded || hasTag(tags, SAMPLING_PRIORITY)) this.#open()?.addTags(tags);
    return this;
  }

  override log(fields: Tags, timeMs?: number): this {
    if (!this.isDiscarded) this.#open()?.log(fields, timeMs);
    return this;
  }

  override logEvent(eventName: string, payload?: unknown): void {
    if (!this.isDiscarded) this.#open()?.logEvent(eventName, payload);
  }

  /**
   * Ends the span. One that is still discarded was none: what begins in it from now on is its parent's. And it forgets how
   * it began, so that spans that begin in each other for ever are no chain in memory.
   */
  override finish(finishTimeMs?: number): void {
    if (!this.isDiscarded) this.#open()?.finish(finishTimeMs);
    this.#options = undefined;
  }

  /** The whole span, which began when this one did; undefined where nobody has asked for it until it was over. */
  #open(): JaegerSpan | undefined {
    const options = this.#options;
    if (this.#whole || options === undefined) return this.#whole;
    const { startTime = this.#startMs } = options;
    const beginning = { ...options, startTime };
    this.#whole = this.#owner.startWhole(this.#operationName, beginning, baggageOf(this.#parent));
    return this.#whole;
  }
}

function baggageOf(context: JaegerSpanContext | DiscardedHop): Baggage {
  return context instanceof DiscardedHop ? NO_BAGGAGE : context.baggage;
}
