/**
 * Executions: a server span for each, made in the outermost wrap of the action. Only there are cache hits, validation
 * errors, full queues, timeouts and fallbacks seen.
 */
import type { ServiceBroker } from 'moleculer';
import type { Span, SpanContext, Tracer } from 'opentracing';
import { isSuppressed, SUPPRESSED, withSpan } from '../current-span.ts';
import { passThroughSpan } from '../pass-through-span.ts';
import { isRecorded } from '../recorded.ts';
import { markError, markRefusal } from '../span-error.ts';
import * as tag from '../tags.ts';
import type { ActionDefinition } from './action-definition.ts';
import { attemptOf, beginAttempts } from './attempts.ts';
import { callerSpan, serviceOf } from './caller-span.ts';
import { contextFrom, SUPPRESSED_CARRIER, takeCarrier } from './carrier.ts';
import { spanOfHop } from './hop.ts';
import { failureBehindFallback } from './inner-wraps.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import type { OpenSpan } from './open-ends.ts';
import { type SpanSettings, spanSettings } from './span-settings.ts';
import { followStream, isStream } from './streams.ts';
import { HANDLED, SPAN, type TracedContext } from './traced-context.ts';

type Handler = (ctx: TracedContext) => Promise<unknown>;

/** What the executions of one action have in common. */
interface TracedAction {
  readonly name: string;
  readonly nodeID: string;
  readonly tracer: Tracer;
  readonly settings: SpanSettings;
  readonly tags: Readonly<Record<string, unknown>>;
  /** True where hits and misses of the cache are told apart. */
  readonly cached: boolean;
  readonly retried: boolean;
}

/** The outermost wrap of local actions. */
export function executionWrap(tracing: MoleculerTracing) {
  return function wrapAction(this: ServiceBroker, next: Handler, definition: ActionDefinition): Handler {
    const { name } = definition;
    if (name === undefined || name.startsWith('$')) return next;
    const action = describeAction(this, name, definition, tracing);
    const { tracer, settings, tags } = action;

    return function tracedAction(ctx) {
      const carrier = takeCarrier(ctx);
      if (carrier === SUPPRESSED_CARRIER || (carrier === undefined && isSuppressed()))
        return withSpan(SUPPRESSED, next, ctx);
      const parent = parentOf(ctx, carrier, tracer);
      if (!settings.enabled) return withSpan(parent && passThroughSpan(parent, tracer), next, ctx);

      const span = tracer.startSpan(settings.name(ctx, name), { ...(parent && { childOf: parent }), tags });
      ctx[SPAN] = span;
      describeCaller(span, ctx, action);
      countAttempt(span, ctx, action);
      const rest = followIncoming(span, ctx, tracing);
      let promise: Promise<unknown>;
      try {
        promise = withSpan(span, next, ctx);
      } catch (error) {
        failed(span, error);
        endExecution(span, rest, tracing, {});
        throw error;
      }
      return promise.then(
        (result) => {
          if (isClosed(span, ctx)) return result;
          describeOutcome(span, ctx, action, result);
          endExecution(span, rest, tracing, { outgoing: result });
          return result;
        },
        (error) => {
          if (isClosed(span, ctx)) throw error;
          describeOutcome(span, ctx, action);
          failed(span, error);
          endExecution(span, rest, tracing, { handled: isTimeout(error) ? ctx[HANDLED] : undefined });
          throw error;
        },
      );
    };
  };
}

function describeAction(
  broker: ServiceBroker,
  name: string,
  definition: ActionDefinition,
  tracing: MoleculerTracing,
): TracedAction {
  const { nodeID, cacher } = broker;
  return {
    name,
    nodeID,
    tracer: tracing.tracerFor(definition.service?.fullName ?? serviceOf(name)),
    settings: spanSettings(definition.tracing as never, tracing.capture),
    tags: Object.freeze({
      [tag.SPAN_KIND]: tag.SERVER,
      [tag.COMPONENT]: 'moleculer',
      [tag.MOLECULER_ACTION]: name,
      [tag.MOLECULER_NODE]: nodeID,
    }),
    cached: Boolean(cacher && definition.cache),
    retried: Boolean({ ...broker.options.retryPolicy, ...definition.retryPolicy }.enabled),
  };
}

/** The caller's span: at hand where it is of this process, else as the carrier names it, else the active one. */
function parentOf(ctx: TracedContext, carrier: unknown, tracer: Tracer): Span | SpanContext | undefined {
  if (carrier === undefined) return callerSpan(ctx.options?.parentCtx);
  return spanOfHop(ctx.options) ?? contextFrom(carrier, tracer) ?? callerSpan(ctx.options?.parentCtx);
}

function describeCaller(span: Span, ctx: TracedContext, { nodeID }: TracedAction): void {
  if (!isRecorded(span)) return;
  const remote = typeof ctx.nodeID === 'string' && ctx.nodeID !== nodeID;
  span.setTag(tag.MOLECULER_LEVEL, ctx.level);
  span.setTag(tag.MOLECULER_REMOTE, remote);
  if (remote) span.setTag(tag.MOLECULER_CALLER_NODE, ctx.nodeID);
}

/** Calls through `service.actions` have no call hook that would have begun to count. */
function countAttempt(span: Span, ctx: TracedContext, { retried, nodeID }: TracedAction): void {
  let attempt = attemptOf(ctx.options);
  if (attempt === undefined) {
    if (!retried || ctx.nodeID !== nodeID || !Object.isExtensible(ctx.options)) return;
    attempt = beginAttempts(ctx.options, callerSpan(ctx.options?.parentCtx), undefined);
  }
  attempt.server = span;
  if (attempt.number > 1) span.setTag(tag.MOLECULER_ATTEMPT, attempt.number);
}

/** True where the span has ended already, with the attempt that it was. */
function isClosed(span: Span, ctx: TracedContext): boolean {
  const attempt = attemptOf(ctx.options);
  return attempt !== undefined && attempt.server !== span;
}

function describeOutcome(span: Span, ctx: TracedContext, action: TracedAction, response?: unknown): void {
  if (!isRecorded(span)) return;
  if (action.cached) span.setTag(tag.MOLECULER_CACHED, ctx.cachedResult === true);
  if (ctx.fallbackResult) {
    span.setTag(tag.MOLECULER_FALLBACK, true);
    const failure = failureBehindFallback(ctx);
    if (failure) markError(span, failure.error);
  }
  action.settings.capture(span, ctx, response);
}

/** As with HTTP: a wrong request (4xx) is the caller's fault, everything else the server's. */
function failed(span: Span, error: unknown): void {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (typeof code === 'number' && code < 500) markRefusal(span, error);
  else markError(span, error);
}

/** The callee gave up at the deadline, or one that it called did. */
function isTimeout(error: unknown): boolean {
  return (error as { type?: unknown } | null | undefined)?.type === 'REQUEST_TIMEOUT';
}

function followIncoming(
  span: Span,
  ctx: TracedContext,
  { openEnds }: MoleculerTracing,
): OpenSpan | undefined {
  if (!isStream(ctx.stream)) return undefined;
  const open = openEnds.keep(span);
  followStream(ctx.stream, open, { direction: 'received', active: span });
  return open;
}

/** Ends the span, or has it wait for what goes on: the streams, and a handler that the deadline did not stop. */
function endExecution(
  span: Span,
  incoming: OpenSpan | undefined,
  { openEnds, lateCapMs }: MoleculerTracing,
  { outgoing, handled }: { outgoing?: unknown; handled?: Promise<unknown> | undefined },
): void {
  if (incoming === undefined && handled === undefined && !isStream(outgoing)) {
    span.finish();
    return;
  }
  const open = incoming ?? openEnds.keep(span);
  const release = open.hold();
  if (isStream(outgoing)) followStream(outgoing, open, { direction: 'sent' });
  if (handled) open.waitForHandler(handled, lateCapMs);
  release();
}
