/** A span that is none: it stands for its parent where something is not to have a span of its own. */
import type { Span, SpanContext, Tracer } from 'opentracing';
import * as opentracing from 'opentracing';

/** What is started below it becomes a child of `parent`; what is written on it is lost. */
export function passThroughSpan(parent: Span | SpanContext, tracer: Tracer): Span {
  return new PassThroughSpan('context' in parent ? parent.context() : parent, tracer);
}

class PassThroughSpan extends opentracing.Span {
  readonly #context: SpanContext;
  readonly #tracer: Tracer;

  constructor(context: SpanContext, tracer: Tracer) {
    super();
    this.#context = context;
    this.#tracer = tracer;
  }

  /** False of a copy that something has made member by member. */
  get isIntact(): boolean {
    return #context in this;
  }

  override context(): SpanContext {
    return this.#context;
  }

  override tracer(): Tracer {
    return this.#tracer;
  }
}
