/**
 * Wraps that lie further in than the server span's, at what they observe: around the handler itself, inside of the retry,
 * inside of the fallback, on both sides of the bulkhead. Each is there only for actions that use what it observes.
 */
import type { ServiceBroker } from 'moleculer';
import type { Span } from 'opentracing';
import { currentSpan, isSuppressed, SUPPRESSED, withSpan } from '../current-span.ts';
import * as tag from '../tags.ts';
import { timeOf } from '../time-of.ts';
import type { ActionDefinition } from './action-definition.ts';
import { attemptOf, noteFailure } from './attempts.ts';
import { type Failure, failureNow } from './execution-end.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import { HANDLED, noteHandled, spanOf, type TracedContext } from './traced-context.ts';

type Handler = (ctx: TracedContext) => Promise<unknown>;

/** A wrap of actions, as Moleculer calls it. */
export type Wrap = (this: ServiceBroker, next: Handler, definition: ActionDefinition) => Handler;

/** Innermost: remembers what the handler itself returned, which may outlive the execution. */
export const handlerWrap: Wrap = (next) => (ctx) => {
  const promise = next(ctx);
  noteHandled(ctx, promise);
  return promise;
};

/** Just inside of the retry, for local and remote actions: notes an attempt's failure at the time at which it happens. */
export function attemptWrap(tracing: MoleculerTracing): Wrap {
  return function wrapAttempt(next, { retryPolicy }) {
    if (!{ ...this.options.retryPolicy, ...retryPolicy }.enabled) return next;
    tracing.retries = true;
    return (ctx) => {
      // As it begins: the handler may use its context for other calls, with attempts of their own.
      const attempt = attemptOf(ctx);
      return next(ctx).catch((error) => {
        const span = attempt?.client ?? attempt?.server;
        if (attempt && span) noteFailure(ctx, attempt, failureNow(span, error, ctx[HANDLED]));
        throw error;
      });
    };
  };
}

const failures = new WeakMap<TracedContext, Failure>();

/** Just inside of the fallback: notes the failure that it hides. */
export const fallbackWrap: Wrap = (next, { fallback }) =>
  function observeFailure(ctx) {
    if (!fallback && !isOfCall(ctx)) return next(ctx);
    return next(ctx).catch((error) => {
      const span = spanOf(ctx);
      if (span) failures.set(ctx, failureNow(span, error, ctx[HANDLED]));
      throw error;
    });
  };

/** True where the fallback, if it comes to it, is the caller's and not the action's. */
export function isOfCall({ options }: Partial<TracedContext>): boolean {
  return Boolean(options?.['fallbackResponse']);
}

/** The failure in whose place a fallback has answered, or has tried to. */
export function failureBehindFallback(ctx: TracedContext): Failure | undefined {
  return ctx.fallbackResult ? failures.get(ctx) : undefined;
}

/** Executions on their way through the bulkhead: when they came to it, and what was active then. */
interface Queued {
  readonly timeMs: number;
  readonly active: Span | typeof SUPPRESSED | undefined;
  waiting: boolean;
}

const queued = new WeakMap<TracedContext, Queued>();

/** Just outside of the bulkhead, for actions and events: notes when an execution comes to it. */
export const queueWrap: Wrap = function wrapQueue(this, next, { bulkhead }) {
  if (!{ ...this.options.bulkhead, ...bulkhead }.enabled) return next;
  return (ctx) => {
    const span = spanOf(ctx);
    const active = isSuppressed() ? SUPPRESSED : currentSpan();
    const entry: Queued = { timeMs: span ? timeOf(span) : 0, active, waiting: false };
    queued.set(ctx, entry);
    const promise = next(ctx);
    entry.waiting = true;
    return promise;
  };
};

/**
 * Just inside of the bulkhead: tags how long an execution has waited. One that has is started by the end of another
 * request, and would run in that one's trace.
 */
export const dequeueWrap: Wrap = function wrapDequeue(this, next, { bulkhead }) {
  if (!{ ...this.options.bulkhead, ...bulkhead }.enabled) return next;
  return (ctx) => {
    const entry = queued.get(ctx);
    if (!entry?.waiting) return next(ctx);
    const span = spanOf(ctx);
    span?.setTag(tag.MOLECULER_QUEUE_MS, Math.round((timeOf(span) - entry.timeMs) * 1000) / 1000);
    return withSpan(entry.active, next, ctx);
  };
};
