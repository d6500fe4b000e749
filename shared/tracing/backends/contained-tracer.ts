/**
 * Keeps the failures of a tracer that is not ours to itself, those of its promises too. Everything else in this library
 * may then call tracers and spans as if they never threw, which nothing promises of a tracer that an application brings
 * along.
 */
import type { Reference, SpanContext, SpanOptions } from 'opentracing';
import * as opentracing from 'opentracing';
import { ignoreRejection } from '../thenable.ts';
import { referenced } from '../tracer/references.ts';

const { Span, Tracer } = opentracing;

/** What a span without a context of its own has: a trace that is none. */
const NO_CONTEXT = new opentracing.SpanContext();

/** A tracer that does what `tracer` does, and nothing where that throws. */
export function containTracer(tracer: opentracing.Tracer): opentracing.Tracer {
  return new ContainedTracer(tracer);
}

class ContainedTracer extends Tracer {
  readonly #tracer: opentracing.Tracer;

  constructor(tracer: opentracing.Tracer) {
    super();
    this.#tracer = tracer;
  }

  override startSpan(name: string, options: SpanOptions = {}): opentracing.Span {
    try {
      const span = ignoreRejection(this.#tracer.startSpan(name, withOwnSpans(options)));
      return new ContainedSpan(span, this, name);
    } catch {
      return new Span();
    }
  }

  override inject(context: SpanContext | opentracing.Span, format: string, carrier: unknown): void {
    try {
      ignoreRejection(this.#tracer.inject(known(context), format, carrier));
    } catch {
      // The next hop begins a trace of its own.
    }
  }

  override extract(format: string, carrier: unknown): SpanContext | null {
    try {
      const context = ignoreRejection(this.#tracer.extract(format, carrier));
      return isObject(context) ? containContext(context) : null;
    } catch {
      return null;
    }
  }

  /** Milliseconds since 1970, of the tracer's own clock where it has one. */
  now(): number {
    try {
      const nowMs = ignoreRejection((this.#tracer as { now?: () => unknown }).now?.());
      return typeof nowMs === 'number' ? nowMs : Date.now();
    } catch {
      return Date.now();
    }
  }
}

class ContainedSpan extends Span {
  readonly #span: opentracing.Span;
  readonly #owner: ContainedTracer;
  operationName: string;

  constructor(span: opentracing.Span, owner: ContainedTracer, name: string) {
    super();
    this.#span = span;
    this.#owner = owner;
    this.operationName = name;
  }

  /** See {@link isIntact}. */
  get isIntact(): boolean {
    return #span in this;
  }

  override tracer(): opentracing.Tracer {
    return this.#owner;
  }

  override context(): SpanContext {
    try {
      const context: unknown = ignoreRejection(this.#span.context());
      return isObject(context) ? containContext(context as SpanContext) : NO_CONTEXT;
    } catch {
      return NO_CONTEXT;
    }
  }

  override setOperationName(name: string): this {
    this.operationName = name;
    return this.#quietly(() => this.#span.setOperationName(name));
  }

  override setBaggageItem(key: string, value: string): this {
    return this.#quietly(() => this.#span.setBaggageItem(key, value));
  }

  override getBaggageItem(key: string): string | undefined {
    try {
      const item: unknown = ignoreRejection(this.#span.getBaggageItem(key));
      return typeof item === 'string' ? item : undefined;
    } catch {
      return undefined;
    }
  }

  override setTag(key: string, value: unknown): this {
    return this.#quietly(() => this.#span.setTag(key, value));
  }

  override addTags(tags: Record<string, unknown>): this {
    return this.#quietly(() => this.#span.addTags(tags));
  }

  override log(fields: Record<string, unknown>, timeMs?: number): this {
    return this.#quietly(() => this.#span.log(fields, timeMs));
  }

  override logEvent(name: string, payload: unknown): void {
    this.#quietly(() => this.#span.logEvent(name, payload));
  }

  override finish(timeMs?: number): void {
    this.#quietly(() => this.#span.finish(timeMs));
  }

  #quietly(write: () => unknown): this {
    try {
      ignoreRejection(write());
    } catch {
      // What could not be written is missing in the trace, and nowhere else.
    }
    return this;
  }
}

/** Stands for a context whose ids cannot be read, as tracers older than `toTraceId` have them: here they are empty. */
class UnreadableContext extends opentracing.SpanContext {
  readonly original: SpanContext;

  constructor(original: SpanContext) {
    super();
    this.original = original;
  }
}

/** The context as it is, where its ids can be read. */
function containContext(context: SpanContext): SpanContext {
  try {
    const ids = [ignoreRejection(context.toTraceId()), ignoreRejection(context.toSpanId())];
    if (ids.every((id) => typeof id === 'string')) return context;
  } catch {
    // It has no ids, or does not tell them.
  }
  return new UnreadableContext(context);
}

/** The context as its tracer knows it. */
function known(spanOrContext: SpanContext | opentracing.Span): SpanContext {
  const context = spanOrContext instanceof Span ? spanOrContext.context() : spanOrContext;
  return context instanceof UnreadableContext ? context.original : (context as SpanContext);
}

/** Parents by their contexts: the tracer would not know a span that is wrapped. */
function withOwnSpans(options: SpanOptions): SpanOptions {
  const { childOf, references, ...rest } = options;
  return {
    ...rest,
    ...(childOf && { childOf: known(childOf) }),
    ...(Array.isArray(references) && { references: references.flatMap(withKnownContext) }),
  };
}

function withKnownContext(reference: Reference): Reference[] {
  const context = referenced(reference);
  if (context === undefined) return [];
  return [
    known(context) === context ? reference : new opentracing.Reference(reference.type(), known(context)),
  ];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
