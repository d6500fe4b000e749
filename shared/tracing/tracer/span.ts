/** A span of this library's own tracer: an OpenTracing span that keeps no more than what will be sent. */
import { types } from 'node:util';
import type { Tracer } from 'opentracing';
import * as opentracing from 'opentracing';
import { cut, textOf } from '../text.ts';
import { baggageItem, baggageKey, LONGEST_ITEM, withBaggageItem } from './baggage.ts';
import type { Timeline } from './clock.ts';
import type { FinishedSpan, SpanLog, SpanReference } from './finished-span.ts';
import type { SamplingDecision } from './sampler.ts';
import type { JaegerSpanContext } from './span-context.ts';
import { hasTag, putPair, readTag, type Tags, tagPairs } from './tag-pairs.ts';

/** What a span needs of the tracer that made it. */
export interface SpanOwner {
  readonly tracer: Tracer;
  readonly service: string;
  /** The time for a trace that begins now. */
  timeline(): Timeline;
  onSetTag(span: JaegerSpan, name: string, value: unknown): SamplingDecision;
  onSetOperationName(span: JaegerSpan, operationName: string): SamplingDecision;
  /** Told once of each span that is recorded, when that is known. */
  recording(): void;
  /** Told once of the end of each of these, and whether it is to be kept: its priority may have been lowered. */
  finished(span: JaegerSpan, isKept: boolean): void;
}

const { SAMPLING_PRIORITY } = opentracing.Tags;

/** What can be read as a number without running code of its own. */
const PRIORITY_TYPES: ReadonlySet<string> = new Set(['number', 'bigint', 'boolean', 'string']);

/** Who logs in a loop must not fill the memory. */
const MOST_LOGS = 1000;

const NOTHING: readonly never[] = Object.freeze<never[]>([]);

export class JaegerSpan extends opentracing.Span implements FinishedSpan {
  operationName: string;
  spanContext: JaegerSpanContext;
  references: readonly SpanReference[] = NOTHING;
  startTimeMs = Number.NaN;
  finishTimeMs = Number.NaN;
  sharedTags: Tags | undefined;
  tags: unknown[] = NOTHING as never;
  logs: SpanLog[] = NOTHING as never;
  readonly #owner: SpanOwner;
  #isRecording = false;

  constructor(owner: SpanOwner, operationName: string, spanContext: JaegerSpanContext) {
    super();
    this.#owner = owner;
    // Samplers and loggers would throw on names that are none.
    this.operationName = textOf(operationName);
    this.spanContext = spanContext;
  }

  /** Begins at this time or, where none is given, now. */
  begin(startTimeMs: number | undefined): void {
    // A span that is not recorded needs no exact time: milliseconds do for one that is recorded after all.
    this.startTimeMs = givenTime(startTimeMs) ?? (this.isDiscarded ? Date.now() : this.now());
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

  /** False of a copy that something has made member by member. */
  get isIntact(): boolean {
    return #owner in this;
  }

  /** True where the span will not be recorded, unless somebody raises the priority of its trace. */
  get isDiscarded(): boolean {
    return this.spanContext.local.isDiscarded();
  }

  /** The time as this span's trace has it, in milliseconds since 1970. */
  now(): number {
    const { local } = this.spanContext;
    local.timeline ??= this.#owner.timeline();
    return local.timeline.now();
  }

  override setOperationName(given: string): this {
    const name = textOf(given);
    this.operationName = name;
    if (!this.spanContext.local.isFinal()) this.applyDecision(this.#owner.onSetOperationName(this, name));
    return this;
  }

  /** Sets an item for this span and what it causes from now on, and logs it, as jaeger-client does. */
  override setBaggageItem(key: string, value: string): this {
    const name = baggageKey(textOf(key));
    const text = textOf(value);
    const before = this.spanContext.baggage;
    const baggage = withBaggageItem(before, name, text);
    const log: Record<string, unknown> = { event: 'baggage', key: name, value: cut(text, LONGEST_ITEM) };
    if (baggageItem(before, name) !== undefined) log['override'] = 'true';
    if (text.length > LONGEST_ITEM) log['truncated'] = 'true';
    if (baggage === before) log['invalid'] = 'true';
    this.spanContext = this.spanContext.withBaggage(baggage);
    return this.log(log);
  }

  override getBaggageItem(key: string): string | undefined {
    return baggageItem(this.spanContext.baggage, textOf(key));
  }

  override addTags(tags: Tags): this {
    // The priority first: it can make an unsampled span take the others.
    if (hasTag(tags, SAMPLING_PRIORITY)) this.setTag(SAMPLING_PRIORITY, readTag(tags, SAMPLING_PRIORITY));
    if (!this.#isWritable()) return this;
    const pairs = tagPairs(tags);
    for (let i = 0; i < pairs.length; i += 2)
      if (pairs[i] !== SAMPLING_PRIORITY) this.setTag(pairs[i] as string, pairs[i + 1]);
    return this;
  }

  /**
   * Tags from the start. Frozen ones are kept by reference and encoded once for all spans that share them; also by a span
   * that is discarded, which costs nothing, so that it is not without them where it is recorded after all.
   */
  addStartTags(tags: Tags): void {
    const isKept = Object.isFrozen(tags) && this.spanContext.local.isFinal();
    if (isKept && !hasTag(tags, SAMPLING_PRIORITY)) this.sharedTags = tags;
    else this.addTags(tags);
  }

  /**
   * Takes the frozen tags `to`, which have all of `from` and more, in the place of `from`, if it has these. False where it
   * has tags of its own by their names, or has others.
   */
  growTags(from: Tags | undefined, to: Tags): boolean {
    if (this.sharedTags !== undefined && this.sharedTags !== from) return this.sharedTags === to;
    for (let i = 0; i < this.tags.length; i += 2) if (Object.hasOwn(to, this.tags[i] as string)) return false;
    if (!this.#isFinished()) this.sharedTags = to;
    return true;
  }

  override setTag(name: string, value: unknown): this {
    if (name === SAMPLING_PRIORITY && !this.#setPriority(value)) return this;
    if (!this.#isWritable()) return this;
    this.#putTag(name, value);
    if (!this.spanContext.local.isFinal()) this.applyDecision(this.#owner.onSetTag(this, name, value));
    return this;
  }

  override log(fields: Tags, timeMs?: number): this {
    if (!this.#isWritable()) return this;
    if ((this.logs as unknown) === NOTHING) this.logs = [];
    if (this.logs.length >= MOST_LOGS) this.logs.pop();
    this.logs.push({ timeMs: givenTime(timeMs) ?? this.now(), fields: tagPairs(fields) });
    return this;
  }

  override logEvent(eventName: string, payload?: unknown): void {
    this.log({ event: eventName, payload });
  }

  /** Ends the span and hands it on where it is sampled; a second call does nothing. */
  override finish(finishTimeMs?: number): void {
    if (this.#isFinished()) return;
    const { local } = this.spanContext;
    if (!local.isFinal()) local.setFinal(true);
    // An unsampled span is not recorded, so its end need not be read from the clock.
    const endMs = givenTime(finishTimeMs) ?? (local.isSampled() ? this.now() : this.startTimeMs);
    this.noteRecording();
    this.finishTimeMs = Math.max(endMs, this.startTimeMs);
    if (this.#isRecording) this.#owner.finished(this, local.isSampled());
    this.#forget();
  }

  /** Takes a sampler's decision over into the trace's state. */
  applyDecision(decision: SamplingDecision): void {
    const { local } = this.spanContext;
    if (!decision.retryable) local.setFinal(true);
    if (!decision.sample) return;
    local.setSampled(true);
    this.noteRecording();
    if (decision.tags) for (const name of Object.keys(decision.tags)) this.#putTag(name, decision.tags[name]);
  }

  /** Counts the span, once, where it is recorded. */
  noteRecording(): void {
    if (this.#isRecording || this.#isFinished() || !this.spanContext.local.isSampled()) return;
    this.#isRecording = true;
    this.#owner.recording();
  }

  /** Keeps what a late child needs: contexts of requests that are over can outlive them for long, and the span with them. */
  #forget(): void {
    this.sharedTags = undefined;
    this.tags = NOTHING as never;
    this.logs = NOTHING as never;
    this.references = NOTHING;
  }

  #isFinished(): boolean {
    return !Number.isNaN(this.finishTimeMs);
  }

  #isWritable(): boolean {
    return !this.spanContext.local.isDiscarded() && !this.#isFinished();
  }

  #putTag(name: string, value: unknown): void {
    if ((this.tags as unknown) === NOTHING) this.tags = [];
    const { sharedTags } = this;
    if (sharedTags !== undefined && Object.hasOwn(sharedTags, name)) {
      this.sharedTags = undefined;
      this.tags.push(...tagPairs(sharedTags));
    }
    putPair(this.tags, name, value);
  }

  /** Forces the trace to be kept (above 0) or dropped; says whether the tag is worth writing. */
  #setPriority(priority: unknown): boolean {
    const level = PRIORITY_TYPES.has(typeof priority) ? Number(priority) : Number.NaN;
    if (Number.isNaN(level)) return false;
    const { local } = this.spanContext;
    local.setFinal(true);
    if (level > 0 && local.isDebug()) return false;
    local.setDebug(level > 0);
    local.setSampled(level > 0);
    this.noteRecording();
    return level > 0;
  }
}

/**
 * A time that was given, also as a Date or in digits, as jaeger-client takes it. Not 0: to jaeger-client that means now. Not
 * beyond what whole microseconds can say exactly.
 */
function givenTime(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const isReadable = typeof given === 'number' || typeof given === 'string' || types.isDate(given);
  const timeMs = isReadable ? Number(given) : Number.NaN;
  return timeMs > 0 && timeMs < Number.MAX_SAFE_INTEGER / 1000 ? timeMs : undefined;
}
