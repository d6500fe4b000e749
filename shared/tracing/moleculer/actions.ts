/**
 * Actions: a client span for every call, made in the broker's `call` hook, and a server span for every execution, made
 * in the outermost wrap of the action. Only there are unknown actions, cache hits, validation errors and timeouts seen.
 */
import type { ActionSchema, CallingOptions, Context, ServiceBroker } from 'moleculer';
import type { Span, Tracer } from 'opentracing';
import { currentSpan, isSuppressed, withSpan } from '../current-span.ts';
import { isRecorded } from '../recorded.ts';
import { markError } from '../span-error.ts';
import * as tag from '../tags.ts';
import { carrierOf, contextFrom, type Meta, TRACE_KEY, withCarrier, withoutCarrier } from './carrier.ts';

/** What the hooks need of the tracing that they belong to. */
export interface ActionTracing {
  tracerFor(service: string): Tracer;
  /** The service of calls that no service makes. */
  readonly service: string;
}

type Call = (action: string | Endpoint, params?: unknown, options?: CallingOptions) => CallPromise;
type CallPromise = Promise<unknown> & { ctx?: Context };
type Handler = (ctx: Context) => Promise<unknown>;
interface Endpoint {
  action: { name: string };
}

/** Where the server span of a context is kept, for calls that are made with it outside its asynchronous context. */
const SPAN = Symbol('server span');

type SpanHolder = { [SPAN]?: Span };

const CACHED_NAMES = 1000;

/** The broker's `call` hook. `next` is called at once and exactly once: Moleculer mixes up the meta of calls otherwise. */
export function callHook(tracing: ActionTracing) {
  const tagsFor = cached((name) => ({
    [tag.SPAN_KIND]: tag.CLIENT,
    [tag.COMPONENT]: 'moleculer',
    [tag.PEER_SERVICE]: serviceOf(name),
    [tag.MOLECULER_ACTION]: name,
  }));

  return (next: Call): Call =>
    function tracedCall(action, params, options) {
      const name = typeof action === 'string' ? action : action.action.name;
      if (name.startsWith('$') || isSuppressed() || options === null) return next(action, params, options);

      const parent = callerSpan(options?.parentCtx);
      const tracer = parent?.tracer() ?? tracing.tracerFor(tracing.service);
      const span = tracer.startSpan(name, { ...(parent && { childOf: parent }), tags: tagsFor(name) });
      const hop = hopOptions(options, span);
      let promise: CallPromise;
      try {
        promise = next(action, params, hop);
      } catch (error) {
        finishClient(span, undefined, error);
        throw error;
      }
      const { ctx } = promise;
      return promise.then(
        (result) => {
          returnMeta(options, ctx);
          finishClient(span, ctx);
          return result;
        },
        (error) => {
          returnMeta(options, ctx);
          finishClient(span, ctx, error);
          throw error;
        },
      );
    };
}

/** The outermost wrap of local actions. */
export function localAction(tracing: ActionTracing) {
  return function wrapAction(this: ServiceBroker, next: Handler, action: ActionSchema): Handler {
    const { name } = action;
    if (name === undefined || name.startsWith('$')) return next;
    const { nodeID } = this;
    const tracer = tracing.tracerFor(action['service']?.fullName ?? serviceOf(name));
    const tags = Object.freeze({
      [tag.SPAN_KIND]: tag.SERVER,
      [tag.COMPONENT]: 'moleculer',
      [tag.MOLECULER_ACTION]: name,
      [tag.MOLECULER_NODE]: nodeID,
    });

    return function tracedAction(ctx) {
      if (isSuppressed()) return next(ctx);
      const carrier = takeCarrier(ctx);
      const parent = (carrier === undefined ? undefined : contextFrom(carrier, tracer)) ?? currentSpan();
      const span = tracer.startSpan(name, { ...(parent && { childOf: parent }), tags });
      (ctx as SpanHolder)[SPAN] = span;
      if (isRecorded(span)) {
        span.setTag(tag.MOLECULER_LEVEL, ctx.level);
        if (ctx.nodeID !== null && ctx.nodeID !== nodeID) span.setTag(tag.MOLECULER_CALLER_NODE, ctx.nodeID);
      }
      return withSpan(span, next, ctx).then(
        (result) => {
          span.finish();
          return result;
        },
        (error) => {
          if (isServersFault(error)) markError(span, error);
          span.finish();
          throw error;
        },
      );
    };
  };
}

/**
 * The span that a call is made in: the active one, which is the innermost; the context's own where the code runs outside
 * its request (in another's, or in none), as with pools and timers.
 */
function callerSpan(parentCtx: Context | undefined): Span | undefined {
  const active = currentSpan();
  const own = (parentCtx as SpanHolder | undefined)?.[SPAN];
  if (active === undefined || own === undefined) return active ?? own;
  return active.context().toTraceId() === own.context().toTraceId() ? active : own;
}

/** A copy of the options for this hop alone, with the carrier in a copy of the meta: callers share their objects. */
function hopOptions(options: CallingOptions | undefined, span: Span): CallingOptions {
  const carrier = carrierOf(span);
  const ctx = options?.['ctx'] as Context | undefined;
  if (ctx === undefined || ctx === null)
    return { ...options, meta: withCarrier(options?.meta as Meta | undefined, carrier) };
  ctx.meta = withCarrier(ctx.meta as Meta, carrier);
  return options as CallingOptions;
}

/** Takes the carrier out of the context's meta, before anybody sees it. */
function takeCarrier(ctx: Context): unknown {
  const meta = ctx.meta as Meta;
  const carrier = meta[TRACE_KEY];
  if (carrier !== undefined) ctx.meta = withoutCarrier(meta);
  return carrier;
}

/**
 * What the callee set in its meta goes where it goes untraced: into the parent context, by Moleculer, once the carrier is
 * out of it; or, where there is no parent, into the caller's own object, which Moleculer would have used as it is.
 */
function returnMeta(options: CallingOptions | undefined, ctx: Context | undefined): void {
  if (ctx === undefined) return;
  ctx.meta = withoutCarrier(ctx.meta as Meta);
  const own = options?.meta as Meta | undefined;
  if (own === undefined || own === null || options?.parentCtx) return;
  for (const key of Object.keys(ctx.meta as Meta)) {
    const value = (ctx.meta as Meta)[key];
    if (own[key] !== value && !Object.isFrozen(own)) own[key] = value;
  }
}

function finishClient(span: Span, ctx: Context | undefined, error?: unknown): void {
  if (isRecorded(span)) {
    if (ctx?.nodeID) {
      span.setTag(tag.MOLECULER_NODE, ctx.nodeID);
      span.setTag(tag.MOLECULER_REMOTE, ctx.nodeID !== ctx.broker.nodeID);
    }
    if (error !== undefined) markError(span, error);
  }
  span.finish();
}

/** As with HTTP: a wrong request (4xx) is the caller's fault, everything else the server's. */
function isServersFault(error: unknown): boolean {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code !== 'number' || code >= 500;
}

/** `users` of `users.get`, `v2.users` of `v2.users.get`. */
function serviceOf(actionName: string): string {
  const dot = actionName.lastIndexOf('.');
  return dot === -1 ? actionName : actionName.slice(0, dot);
}

/** Frozen tags by name, so that they are encoded once; names beyond the first thousand are made anew each time. */
function cached(tagsOf: (name: string) => Record<string, unknown>) {
  const known = new Map<string, Readonly<Record<string, unknown>>>();
  return (name: string): Readonly<Record<string, unknown>> => {
    let tags = known.get(name);
    if (tags === undefined) {
      tags = Object.freeze(tagsOf(name));
      if (known.size < CACHED_NAMES) known.set(name, tags);
    }
    return tags;
  };
}
