/**
 * Executions: a server span for each, made in the outermost wrap of the action. Only there are cache hits, validation
 * errors, full queues, timeouts and fallbacks seen.
 */
import type { ServiceBroker } from 'moleculer';
import type { Span, SpanContext, Tracer } from 'opentracing';
import { handleWithSpan, isSuppressed, SUPPRESSED } from '../current-span.ts';
import { isRecorded } from '../recorded.ts';
import { growTags, remembered } from '../shared-tags.ts';
import { markError } from '../span-error.ts';
import * as tag from '../tags.ts';
import type { ActionDefinition } from './action-definition.ts';
import {
  type Attempt,
  attemptOf,
  beginAttempts,
  failedAttempt,
  nextAttempt,
  noteOnContext,
} from './attempts.ts';
import { callerSpan, isFromElsewhere, serviceOf } from './caller-span.ts';
import { contextFrom, SUPPRESSED_CARRIER, takeCarrier } from './carrier.ts';
import { endExecution, type Failure, failureNow, markFailure } from './execution-end.ts';
import { takeCause } from './hop.ts';
import { failureBehindFallback, isOfCall } from './inner-wraps.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import type { OpenSpan } from './open-ends.ts';
import { type SpanSettings, spanSettings } from './span-settings.ts';
import { followStream, isStream } from './streams.ts';
import { HANDLED, noteHandled, noteSpan, type TracedContext } from './traced-context.ts';
import { handleWithoutSpan } from './without-span.ts';

type Handler = (ctx: TracedContext) => Promise<unknown>;

/** What the executions of one action have in common. */
interface TracedAction {
  readonly name: string;
  readonly nodeID: string;
  readonly tracer: Tracer;
  readonly settings: SpanSettings;
  readonly callerTags: CallerTags;
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
    const { tracer, settings } = action;

    return function tracedAction(ctx) {
      const parent = takeParent(ctx, action, tracing);
      if (parent === SUPPRESSED) return handleWithSpan(SUPPRESSED, next, ctx);
      if (!settings.enabled) return handleWithoutSpan(next, ctx, { parent, tracer });

      const span = tracer.startSpan(settings.name(ctx, name), parent ? { childOf: parent } : undefined);
      noteSpan(ctx, span);
      const isDescribed = isRecorded(span);
      if (isDescribed) {
        describeCaller(span, ctx, action);
        settings.captureRequest(span, ctx);
      }
      const incoming = followIncoming(span, ctx, tracing);
      const attempt = tracing.retries ? countAttempt(span, ctx, action) : undefined;
      if (attempt) attempt.incoming = incoming;
      let promise: Promise<unknown>;
      try {
        promise = handleWithSpan(span, next, ctx);
      } catch (error) {
        markFailure(span, error);
        endExecution(span, { incoming, failure: failureNow(span, error, undefined) }, tracing);
        throw error;
      }
      return promise.then(
        (result) => {
          if (isClosed(span, attempt)) return result;
          const hidden = describeOutcome(span, ctx, action);
          if (isRecorded(span)) {
            if (!isDescribed) describeCaller(span, ctx, action);
            if (hidden && !isOfCall(ctx)) span.setTag(tag.MOLECULER_FALLBACK, true);
            settings.captureResponse(span, ctx, result);
          }
          endExecution(span, { incoming, outgoing: result, failure: hidden }, tracing);
          noteHandled(ctx, undefined);
          return result;
        },
        (error) => {
          if (isClosed(span, attempt)) throw error;
          if (!isDescribed && isRecorded(span)) describeCaller(span, ctx, action);
          const failure = describeOutcome(span, ctx, action) ?? failureNow(span, error, ctx[HANDLED]);
          markFailure(span, error);
          endExecution(span, { incoming, failure }, tracing);
          noteHandled(ctx, undefined);
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
  const tags = Object.freeze({
    [tag.SPAN_KIND]: tag.SERVER,
    [tag.COMPONENT]: 'moleculer',
    [tag.MOLECULER_ACTION]: name,
    [tag.MOLECULER_NODE]: nodeID,
  });
  return {
    name,
    nodeID,
    tracer: tracing.tracerFor(definition.service?.fullName ?? serviceOf(name)),
    settings: spanSettings(definition.tracing as never, tracing.capture),
    callerTags: rememberCallers(tags, nodeID),
    cached: Boolean(cacher) && isEnabled(definition.cache),
    retried: Boolean({ ...broker.options.retryPolicy, ...definition.retryPolicy }.enabled),
  };
}

function isEnabled(cache: unknown): boolean {
  return typeof cache === 'object' && cache !== null
    ? (cache as { enabled?: unknown }).enabled !== false
    : Boolean(cache);
}

type Parent = Span | SpanContext | typeof SUPPRESSED | undefined;

/**
 * The caller's span: at hand where it is of this process, else as the carrier names it, else the active one. That is of no
 * account where the caller is on another node: it is that of whoever has opened the connection.
 */
function takeParent(ctx: TracedContext, action: TracedAction, tracing: MoleculerTracing): Parent {
  const failed = tracing.retries ? failedAttempt(ctx) : undefined;
  if (failed) {
    // A private action is tried again without a call.
    nextAttempt(failed, tracing);
    return failed.parent;
  }
  const cause = takeCause(ctx);
  if (cause !== undefined) return cause;
  const carrier = takeCarrier(ctx);
  if (carrier === SUPPRESSED_CARRIER) return SUPPRESSED;
  if (carrier !== undefined) return contextFrom(carrier, action.tracer);
  if (isFromElsewhere(ctx, action.nodeID)) return undefined;
  return isSuppressed() ? SUPPRESSED : callerSpan(ctx.options?.parentCtx);
}

/** The tags of an execution, by the node of its caller and the level of the call. */
type CallerTags = (nodeID: string | null) => (level: number) => Readonly<Record<string, unknown>>;

function rememberCallers(tags: Readonly<Record<string, unknown>>, nodeID: string): CallerTags {
  return remembered((callerID) => {
    const remote = typeof callerID === 'string' && callerID !== nodeID;
    return remembered((level) =>
      Object.freeze({
        ...tags,
        [tag.MOLECULER_LEVEL]: level,
        [tag.MOLECULER_REMOTE]: remote,
        ...(remote && { [tag.MOLECULER_CALLER_NODE]: callerID }),
      }),
    );
  });
}

function describeCaller(span: Span, ctx: TracedContext, { callerTags }: TracedAction): void {
  growTags(span, undefined, callerTags(ctx.nodeID)(ctx.level));
}

/** The attempt that an execution is; calls through `service.actions` have no call hook that would have begun to count. */
function countAttempt(
  span: Span,
  ctx: TracedContext,
  { retried, nodeID }: TracedAction,
): Attempt | undefined {
  let attempt = attemptOf(ctx);
  // One that is executed already has been handed on, with its context or its options.
  if (attempt === undefined || attempt.server) {
    if (!retried || ctx.nodeID !== nodeID) return undefined;
    attempt = beginAttempts(callerSpan(ctx.options?.parentCtx));
    if (!noteOnContext(ctx, attempt)) return undefined;
  }
  attempt.server = span;
  if (attempt.number > 1 && !attempt.client) span.setTag(tag.MOLECULER_ATTEMPT, attempt.number);
  return attempt;
}

/** True where the span has ended already, with the attempt that it was. */
function isClosed(span: Span, attempt: Attempt | undefined): boolean {
  return attempt !== undefined && attempt.server !== span;
}

/** Tags how an execution went, and tells the failure in whose place a fallback has answered. */
function describeOutcome(span: Span, ctx: TracedContext, { cached }: TracedAction): Failure | undefined {
  const hidden = failureBehindFallback(ctx);
  if (!isRecorded(span)) return hidden;
  if (cached) span.setTag(tag.MOLECULER_CACHED, ctx.cachedResult === true);
  if (hidden) markError(span, hidden.error);
  return hidden;
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
