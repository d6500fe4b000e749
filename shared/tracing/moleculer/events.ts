/** Events: a producer span where one is emitted, a consumer span for every handler that runs, following from it. */
import type { Context, ServiceBroker } from 'moleculer';
import opentracing from 'opentracing';
import { isSuppressed, SUPPRESSED, withSpan } from '../current-span.ts';
import { passThroughSpan } from '../pass-through-span.ts';
import { isRecorded } from '../recorded.ts';
import { markError } from '../span-error.ts';
import * as tag from '../tags.ts';
import { callerSpan, serviceOf, tagsByName } from './caller-span.ts';
import {
  carrierOf,
  contextFrom,
  type Meta,
  SUPPRESSED_CARRIER,
  TRACE_KEY,
  withoutCarrier,
} from './carrier.ts';
import { type HopOptions, hopOptions, returnChanges } from './hop.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import { spanSettings } from './span-settings.ts';
import { SPAN, type TracedContext } from './traced-context.ts';

type Emit = (event: string, payload?: unknown, options?: unknown) => Promise<unknown>;

/** An event as Moleculer's registry hands it to the wrap. */
interface EventDefinition {
  readonly name?: string;
  readonly group?: string;
  readonly service?: { readonly fullName?: string };
  readonly tracing?: unknown;
}

/** Marks the options of an event that has its producer span: `broadcast` calls `broadcastLocal` with the same object. */
const PRODUCED = Symbol('produced');

/** What local handlers see of a meta with a carrier in it: one object for all of them, as without tracing. */
const seenMeta = new WeakMap<Meta, Meta>();

function metaWithoutCarrier(meta: Meta): Meta {
  if (!(TRACE_KEY in meta)) return meta;
  let seen = seenMeta.get(meta);
  if (seen === undefined) {
    seen = withoutCarrier(meta);
    seenMeta.set(meta, seen);
  }
  return seen;
}

/** The broker's `emit`, `broadcast` and `broadcastLocal` hooks. */
export function producerHooks(
  tracing: MoleculerTracing,
): Record<'emit' | 'broadcast' | 'broadcastLocal', unknown> {
  const tagsFor = tagsByName((name) => ({
    [tag.SPAN_KIND]: tag.PRODUCER,
    [tag.COMPONENT]: 'moleculer',
    [tag.MESSAGE_BUS_DESTINATION]: name,
    [tag.MOLECULER_EVENT]: name,
  }));

  const hook = (next: Emit): Emit =>
    function tracedEmit(event, payload, given) {
      if (typeof event !== 'string' || event.startsWith('$') || isProduced(given))
        return next(event, payload, given);
      const options = asOptions(given);
      if (isSuppressed()) return next(event, payload, hopOptions(options, SUPPRESSED_CARRIER));

      const parent = callerSpan(options?.parentCtx);
      const tracer = parent?.tracer() ?? tracing.tracerFor(tracing.service);
      const span = tracer.startSpan(event, { ...(parent && { childOf: parent }), tags: tagsFor(event) });
      const hop = Object.assign(hopOptions(options, carrierOf(span)), { [PRODUCED]: true });
      let promise: Promise<unknown>;
      try {
        promise = next(event, payload, hop);
      } catch (error) {
        markError(span, error);
        span.finish();
        throw error;
      }
      const settle = (): void => {
        if (options?.meta && !options.parentCtx)
          returnChanges(options.meta, metaWithoutCarrier(hop.meta as Meta));
        span.finish();
      };
      return promise.then(
        (result) => {
          settle();
          return result;
        },
        (error) => {
          markError(span, error);
          settle();
          throw error;
        },
      );
    };
  return { emit: hook, broadcast: hook, broadcastLocal: hook };
}

/** The wrap of local event handlers; inside of debounce and throttle, so that a span is a handler that ran. */
export function consumerWrap(tracing: MoleculerTracing) {
  type Handler = (ctx: TracedContext) => Promise<unknown>;
  return function wrapEvent(this: ServiceBroker, next: Handler, definition: EventDefinition): Handler {
    const pattern = definition.name ?? '';
    if (pattern.startsWith('$')) return next;
    const { nodeID } = this;
    const service = definition.service?.fullName ?? serviceOf(pattern);
    const tracer = tracing.tracerFor(service);
    const settings = spanSettings(definition.tracing as never, tracing.capture);
    const tagsFor = tagsByName((event) => ({
      [tag.SPAN_KIND]: tag.CONSUMER,
      [tag.COMPONENT]: 'moleculer',
      [tag.MESSAGE_BUS_DESTINATION]: event,
      [tag.MOLECULER_EVENT]: event,
      [tag.MOLECULER_GROUP]: definition.group ?? service,
      [tag.MOLECULER_NODE]: nodeID,
    }));

    return function tracedEvent(ctx) {
      const event = eventName(ctx, pattern);
      if (event.startsWith('$')) return next(ctx);
      const carrier = (ctx.meta as Meta)[TRACE_KEY];
      ctx.meta = metaWithoutCarrier(ctx.meta as Meta);
      if (carrier === SUPPRESSED_CARRIER) return withSpan(SUPPRESSED, next, ctx);
      const producer = carrier === undefined ? undefined : contextFrom(carrier, tracer);
      if (!settings.enabled) return withSpan(producer && passThroughSpan(producer, tracer), next, ctx);

      const span = tracer.startSpan(settings.name(ctx, event), {
        ...(producer && { references: [opentracing.followsFrom(producer)] }),
        tags: tagsFor(event),
      });
      ctx[SPAN] = span;
      if (isRecorded(span)) {
        const remote = typeof ctx.nodeID === 'string' && ctx.nodeID !== nodeID;
        span.setTag(tag.MOLECULER_REMOTE, remote);
        if (remote) span.setTag(tag.MOLECULER_CALLER_NODE, ctx.nodeID);
      }
      return withSpan(span, next, ctx).then(
        (result) => {
          settings.capture(span, ctx);
          span.finish();
          return result;
        },
        (error) => {
          settings.capture(span, ctx);
          markError(span, error);
          span.finish();
          throw error;
        },
      );
    };
  };
}

function eventName(ctx: Context, pattern: string): string {
  const { eventName: name } = ctx as { eventName?: unknown };
  return typeof name === 'string' ? name : pattern;
}

function isProduced(options: unknown): boolean {
  return typeof options === 'object' && options !== null && PRODUCED in options;
}

/** The groups may stand where the options would. */
function asOptions(given: unknown): HopOptions | undefined {
  if (typeof given === 'string' || Array.isArray(given)) return { groups: given };
  return (given ?? undefined) as HopOptions | undefined;
}
