/**
 * What jaeger-client's tracer lacks: it throws on odd carriers, parents and baggage, believes garbage, cannot tell a
 * context's ids from what was decided with them, and does not count the spans that it records.
 */
import type { Span, SpanContext, SpanOptions, Tracer } from 'opentracing';
import * as opentracing from 'opentracing';
import { parseUberTraceId, UBER_TRACE_ID } from '../propagation/uber-trace-id.ts';
import { textOf } from '../text.ts';
import { type Baggage, baggageForHeaders } from '../tracer/baggage.ts';
import { referenced } from '../tracer/references.ts';
import type { SpanCounts } from '../tracer/tracer.ts';

/** jaeger-client's tracer with those of its private parts that are set here. */
export interface ClientTracer extends Tracer {
  _sampler: object;
  now(): number;
}

/** jaeger-client's context; `extract` answers one even where the carrier said nothing. */
interface ClientContext extends SpanContext {
  readonly isValid: boolean;
  debugId: string;
  baggage: Baggage;
  readonly _samplingState: { setFlags(flags: number): void; setFinal(final: boolean): void };
  isSampled(): boolean;
  _setRemote(remote: boolean): void;
}

/** Lets the tracer take any carrier and any parent, as none where it is not wholly right, and any name and baggage, as text. */
export function withStrictInput<T extends Tracer>(tracer: T): T {
  const { extract, inject, startSpan } = tracer;
  tracer.startSpan = (name, options) =>
    withTexts(startSpan.call(tracer, textOf(name), options && strictOptions(options)));
  tracer.extract = (format, carrier) => {
    const context = extract.call(tracer, format, textsOf(carrier)) as ClientContext | null;
    return context !== null && saysSomething(context) ? withUndecided(context) : null;
  };
  tracer.inject = (spanOrContext, format, carrier) => {
    const texts: Record<string, string> = {};
    const context = clientContext(spanOrContext);
    const isForHeaders = format === opentracing.FORMAT_HTTP_HEADERS;
    inject.call(
      tracer,
      (context && isForHeaders ? forHeaders(context) : context) as ClientContext,
      format,
      texts,
    );
    if (typeof carrier === 'object' && carrier !== null) assign(carrier, texts);
  };
  return tracer;
}

/** Samplers and loggers would throw on names that are no text, and jaeger-client on such baggage. */
function withTexts(span: Span): Span {
  const { setBaggageItem, setOperationName } = span;
  span.setBaggageItem = (key, value) => setBaggageItem.call(span, textOf(key), textOf(value));
  span.setOperationName = (name) => setOperationName.call(span, textOf(name));
  return span;
}

/** A context that can be had without what was decided with it: see JaegerSpanContext. Each one is extracted for one request. */
function withUndecided(context: ClientContext): ClientContext {
  const undecided = (): ClientContext => {
    context._samplingState.setFlags(0);
    context._samplingState.setFinal(false);
    context._setRemote(false);
    context.debugId = '';
    context.baggage = {};
    return context;
  };
  return Object.assign(context, { undecided });
}

/** The context with what headers can take of its baggage; on half a character, as a cut leaves one, jaeger-client would throw. */
function forHeaders(context: ClientContext): ClientContext {
  const { baggage } = context;
  if (Object.keys(baggage).length === 0) return context;
  return Object.create(context, { baggage: { value: baggageForHeaders(baggage) } });
}

/** A carrier that takes nothing, such as a frozen one, goes without. */
function assign(carrier: object, texts: Record<string, string>): void {
  try {
    Object.assign(carrier, texts);
  } catch {
    // The request goes out without a context rather than not at all.
  }
}

/** Options without the contexts of other tracers, on which jaeger-client would throw. */
function strictOptions({ childOf, references, ...options }: SpanOptions): SpanOptions {
  const parent = clientContext(childOf);
  const ownReferences = (Array.isArray(references) ? references : []).flatMap((reference) => {
    const context = clientContext(referenced(reference));
    return context ? [new opentracing.Reference(reference.type(), context)] : [];
  });
  return {
    ...options,
    ...(parent && { childOf: parent }),
    ...(ownReferences.length > 0 && { references: ownReferences }),
  };
}

/** jaeger-client's spans are none of OpenTracing's class, so that OpenTracing's references hold them as they are. */
function clientContext(given: unknown): ClientContext | undefined {
  const context = isSpan(given) ? given.context() : given;
  return isClientContext(context) ? context : undefined;
}

function isSpan(given: unknown): given is Span {
  return typeof given === 'object' && given !== null && 'context' in given;
}

function isClientContext(context: unknown): context is ClientContext {
  return typeof context === 'object' && context !== null && 'isDebugIDContainerOnly' in context;
}

/** Counts the spans that are recorded. */
export function withSpanCounts<T extends Tracer>(tracer: T, counts: SpanCounts): T {
  const { startSpan } = tracer;
  tracer.startSpan = (name, options) => counted(startSpan.call(tracer, name, options), counts);
  return tracer;
}

/** A span that is not sampled at its start may yet be so at its end. */
function counted(span: Span, counts: SpanCounts): Span {
  const { finish } = span;
  const startedSampled = isSampled(span);
  if (startedSampled) counts.started++;
  let finished = false;
  span.finish = (timeMs) => {
    finish.call(span, timeMs);
    if (finished) return;
    finished = true;
    if (startedSampled) counts.finished++;
    else if (isSampled(span)) {
      counts.started++;
      counts.finished++;
    }
  };
  return span;
}

function isSampled(span: Span): boolean {
  return (span.context() as ClientContext).isSampled();
}

/** The texts of a carrier; a context among them only where it is one. */
function textsOf(carrier: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  if (typeof carrier !== 'object' || carrier === null) return texts;
  try {
    for (const [name, value] of Object.entries(carrier)) {
      const isContext = name.toLowerCase() === UBER_TRACE_ID;
      if (typeof value === 'string' && !(isContext && parseUberTraceId(value) === undefined))
        texts[name] = value;
    }
    return texts;
  } catch {
    return {}; // a Proxy, or a getter, that throws
  }
}

function saysSomething({ isValid, debugId, baggage }: ClientContext): boolean {
  return isValid || debugId !== '' || Object.keys(baggage).length > 0;
}
