/** Events: a producer span where one is emitted, a consumer span for every handler that runs, following from it. */
import type { Context, ServiceBroker } from 'moleculer';
import type { Span, SpanContext, Tracer } from 'opentracing';
import * as opentracing from 'opentracing';
import { handleWithSpan, isSuppressed, SUPPRESSED } from '../current-span.ts';
import { isDiscarded } from '../discarded.ts';
import { isRecorded } from '../recorded.ts';
import { growTags, remembered } from '../shared-tags.ts';
import { markError } from '../span-error.ts';
import * as tag from '../tags.ts';
import { isThenable } from '../thenable.ts';
import { callerSpan, isFromElsewhere, serviceOf } from './caller-span.ts';
import { contextFrom, SUPPRESSED_CARRIER, takeEventCarrier } from './carrier.ts';
import { copyOf } from './copied-options.ts';
import { type HopOptions, hopOptions, takeCause } from './hop.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import { spanSettings } from './span-settings.ts';
import { noteSpan, type TracedContext } from './traced-context.ts';
import { handleWithoutSpan } from './without-span.ts';

type Emit = (event: string, payload?: unknown, options?: unknown) => Promise<unknown>;
type EmitHook = (next: Emit) => Emit;
type Handler = (ctx: TracedContext) => Promise<unknown>;

/** An event as Moleculer's registry hands it to the wrap. */
interface EventDefinition {
  readonly name?: string;
  readonly group?: string;
  readonly service?: { readonly fullName?: string };
  readonly tracing?: unknown;
}

/** Names, on its options, the event that `broadcast` has made the producer span of: it goes on to call `broadcastLocal`. */
const BROADCAST = Symbol('broadcast');

type EmitOptions = HopOptions & { [BROADCAST]?: string };

/** The broker's `emit`, `broadcast` and `broadcastLocal` hooks. */
export function producerHooks(
  tracing: MoleculerTracing,
): Record<'emit' | 'broadcast' | 'broadcastLocal', EmitHook> {
  const tagsFor = remembered((name: string) =>
    Object.freeze({
      [tag.SPAN_KIND]: tag.PRODUCER,
      [tag.COMPONENT]: 'moleculer',
      [tag.MESSAGE_BUS_DESTINATION]: name,
      [tag.MOLECULER_EVENT]: name,
    }),
  );

  const produce = (next: Emit, event: string, payload: unknown, options: EmitOptions): Promise<unknown> => {
    const parent = callerSpan(options.parentCtx);
    if (parent && isDiscarded(parent)) return next(event, payload, hopOptions(options, parent));
    const tracer = parent?.tracer() ?? tracing.tracerFor(tracing.service);
    const span = tracer.startSpan(event, parent ? { childOf: parent } : undefined);
    if (isRecorded(span)) growTags(span, undefined, tagsFor(event));
    return settled(span, () => next(event, payload, hopOptions(options, span)));
  };

  const emit: EmitHook = (next) =>
    function tracedEmit(event, payload, given) {
      if (isInternal(event)) return next(event, payload, given);
      const options = asOptions(given);
      if (isSuppressed()) return next(event, payload, hopOptions(options, SUPPRESSED));
      return produce(next, event, payload, options);
    };
  const broadcast: EmitHook = (next) => {
    const traced = emit(next);
    return (event, payload, given) =>
      traced(event, payload, isInternal(event) ? given : withBroadcast(asOptions(given), event));
  };
  const broadcastLocal: EmitHook = (next) => {
    const traced = emit(next);
    return (event, payload, given) =>
      isBroadcast(given, event) ? next(event, payload, given) : traced(event, payload, given);
  };
  return { emit, broadcast, broadcastLocal };
}

/**
 * Finishes the span when what `run` does is over, and shows how it failed. `describe` is for a span that was discarded as it
 * began: called at the end, where somebody has raised the priority of its trace meanwhile.
 */
function settled(span: Span, run: () => Promise<unknown>, describe?: () => void): Promise<unknown> {
  let promise: Promise<unknown>;
  try {
    promise = run();
  } catch (error) {
    markError(span, error);
    span.finish();
    throw error;
  }
  // Where the balancer is disabled and nobody listens, Moleculer's broadcast returns nothing; a middleware whatever it likes.
  if (!isThenable(promise)) {
    span.finish();
    return promise;
  }
  return promise.then(
    (result) => {
      if (describe && isRecorded(span)) describe();
      span.finish();
      return result;
    },
    (error) => {
      if (describe && isRecorded(span)) describe();
      markError(span, error);
      span.finish();
      throw error;
    },
  );
}

function withBroadcast(options: EmitOptions, event: string): EmitOptions {
  const copy = copyOf(options);
  copy[BROADCAST] = event;
  return copy;
}

function isBroadcast(options: unknown, event: string): boolean {
  return typeof event === 'string' && (options as EmitOptions | null | undefined)?.[BROADCAST] === event;
}

/** Moleculer's own events are noise; a name that is none is Moleculer's to refuse. */
function isInternal(event: unknown): boolean {
  return typeof event !== 'string' || event.startsWith('$');
}

/** The groups may stand where the options would. */
function asOptions(given: unknown): EmitOptions {
  if (typeof given === 'string' || Array.isArray(given)) return { groups: given };
  return (given ?? {}) as EmitOptions;
}

/** The wrap of local event handlers; inside of debounce and throttle, so that a span is a handler that ran. */
export function consumerWrap(tracing: MoleculerTracing) {
  return function wrapEvent(this: ServiceBroker, next: Handler, definition: EventDefinition): Handler {
    const pattern = definition.name ?? '';
    if (pattern.startsWith('$')) return next;
    const { nodeID } = this;
    const service = definition.service?.fullName ?? serviceOf(pattern);
    const tracer = tracing.tracerFor(service);
    const settings = spanSettings(definition.tracing as never, tracing.capture);
    const tagsFor = remembered((event: string) =>
      remembered((callerID: string | null) => {
        const remote = typeof callerID === 'string' && callerID !== nodeID;
        return Object.freeze({
          [tag.SPAN_KIND]: tag.CONSUMER,
          [tag.COMPONENT]: 'moleculer',
          [tag.MESSAGE_BUS_DESTINATION]: event,
          [tag.MOLECULER_EVENT]: event,
          [tag.MOLECULER_GROUP]: definition.group ?? service,
          [tag.MOLECULER_NODE]: nodeID,
          [tag.MOLECULER_REMOTE]: remote,
          ...(remote && { [tag.MOLECULER_CALLER_NODE]: callerID }),
        });
      }),
    );

    return function tracedEvent(ctx) {
      const event = eventName(ctx, pattern);
      if (event.startsWith('$')) return next(ctx);
      const producer = takeProducer(ctx, nodeID, tracer);
      if (producer === SUPPRESSED) return handleWithSpan(SUPPRESSED, next, ctx);
      if (!settings.enabled) return handleWithoutSpan(next, ctx, { parent: producer, tracer });

      const references = producer && [opentracing.followsFrom(producer)];
      const span = tracer.startSpan(settings.name(ctx, event), references && { references });
      noteSpan(ctx, span);
      const describe = (): void => growTags(span, undefined, tagsFor(event)(ctx.nodeID));
      if (isRecorded(span)) {
        describe();
        settings.captureRequest(span, ctx);
      }
      return settled(span, () => handleWithSpan(span, next, ctx), isDiscarded(span) ? describe : undefined);
    };
  };
}

/**
 * The producer's context: at hand where it is of this process, else as the carrier names it, else of the active span. That
 * is of no account where the producer is on another node: it is that of whoever has opened the connection.
 */
function takeProducer(
  ctx: TracedContext,
  nodeID: string,
  tracer: Tracer,
): SpanContext | typeof SUPPRESSED | undefined {
  const cause = takeCause(ctx);
  if (cause !== undefined) return cause === SUPPRESSED ? SUPPRESSED : cause.context();
  const carrier = takeEventCarrier(ctx);
  if (carrier === SUPPRESSED_CARRIER) return SUPPRESSED;
  if (carrier !== undefined) return contextFrom(carrier, tracer);
  if (isFromElsewhere(ctx, nodeID)) return undefined;
  return isSuppressed() ? SUPPRESSED : callerSpan(undefined)?.context();
}

function eventName(ctx: Context, pattern: string): string {
  const { eventName: name } = ctx as { eventName?: unknown };
  return typeof name === 'string' ? name : pattern;
}
