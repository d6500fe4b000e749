/**
 * Calls: a client span for each attempt of each call, made in the broker's `call` hook. Only there are unknown actions,
 * missing nodes and open circuits seen. The hook calls `next` at once and exactly once: Moleculer keeps the last call's
 * result in a variable that all calls share, and mixes up their meta otherwise.
 */
import type { CallingOptions } from 'moleculer';
import type { Span } from 'opentracing';
import { currentSpan, isSuppressed, SUPPRESSED } from '../current-span.ts';
import { isDiscarded } from '../discarded.ts';
import { isRecorded } from '../recorded.ts';
import { growTags } from '../shared-tags.ts';
import { markError } from '../span-error.ts';
import * as tag from '../tags.ts';
import { isThenable } from '../thenable.ts';
import {
  type Attempt,
  beginAttempts,
  endAttempts,
  failedAttempt,
  nextAttempt,
  noteAttempt,
} from './attempts.ts';
import { callTags, describeCallee } from './call-tags.ts';
import { callerSpan } from './caller-span.ts';
import { forgetCause, type HopOptions, hopOptions } from './hop.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import type { OpenSpan } from './open-ends.ts';
import { followStream, isStream, keepActive } from './streams.ts';
import type { RefusalWatch, TracedContext } from './traced-context.ts';

type CallPromise = Promise<unknown> & { ctx?: TracedContext };
type Call = (action: string | Endpoint, params?: unknown, options?: CallingOptions) => CallPromise;

/** `broker.call` takes an endpoint too. */
interface Endpoint {
  readonly action: { readonly name: string };
}

/** A call under way. */
interface TracedCall {
  readonly name: string;
  readonly span: Span;
  readonly attempt: Attempt | undefined;
  /** The span in which the caller goes on. */
  readonly caller: Span | undefined;
  /** The span as it waits for a stream that is sent. */
  readonly outgoing: OpenSpan | undefined;
}

/** The `call` hook, and the watch over the calls that never reach it. */
export function callTracing(tracing: MoleculerTracing) {
  let callsSeen = 0;

  const startSpan = (name: string, parent: Span | undefined): Span => {
    const tracer = parent?.tracer() ?? tracing.tracerFor(tracing.service);
    const span = tracer.startSpan(name, parent ? { childOf: parent } : undefined);
    if (isRecorded(span)) growTags(span, undefined, callTags(name));
    return span;
  };

  const hook = (next: Call): Call =>
    function tracedCall(action, params, callingOptions) {
      callsSeen++;
      const options = callingOptions as HopOptions | undefined;
      const name = typeof action === 'string' ? action : action?.action?.name;
      if (typeof name !== 'string' || options === null) return next(action, params, callingOptions);
      if (name.startsWith('$') && !tracing.internal) return next(action, params, callingOptions);
      if (isSuppressed()) return next(action, params, hopOptions(options, SUPPRESSED) as CallingOptions);

      const attempt = tracing.retries ? failedAttempt(options?.ctx) : undefined;
      if (attempt) {
        // The context comes as it was at the failure: its next node is yet to be chosen.
        if (attempt.client) describeCallee({ span: attempt.client, name }, options?.ctx);
        nextAttempt(attempt, tracing);
      }
      const caller = attempt ? attempt.parent : callerSpan(options?.parentCtx);
      if (caller && isDiscarded(caller)) {
        // The active span is carried anyway, and active for the streams that are answered; another one has to be named.
        if (caller === currentSpan())
          return following(next(action, params, callingOptions), keepInActiveSpan);
        const hop = hopOptions(options, caller);
        if (attempt) noteAttempt(hop, attempt);
        const promise = next(action, params, hop as CallingOptions);
        return following(promise, (result) => keepIn(caller, result));
      }
      const span = startSpan(name, caller);
      const hop = hopOptions(options, span);
      // A retry comes with a context, whose options have the stream.
      const outgoing = followOutgoing(span, (attempt ? options?.ctx?.options : options)?.stream);
      const call: TracedCall = {
        name,
        span,
        attempt: numbered(attempt, { hop, caller, span, outgoing }),
        caller,
        outgoing,
      };
      let promise: CallPromise;
      try {
        promise = next(action, params, hop as CallingOptions);
      } catch (error) {
        fail(call, undefined, error);
        throw error;
      }
      if (!isThenable(promise)) {
        succeed(call, undefined, promise);
        forgetCause(hop);
        return promise;
      }
      const { ctx } = promise;
      return following(
        promise,
        (result) => {
          succeed(call, ctx, result);
          forgetCause(hop);
          return result;
        },
        (error) => {
          fail(call, ctx, error);
          forgetCause(hop);
          throw error;
        },
      );
    };

  /** The attempt that `span` is the client of: the next of a call that is tried again, the first of one that may be. */
  const numbered = (
    attempt: Attempt | undefined,
    { hop, caller, span, outgoing }: Pick<TracedCall, 'caller' | 'span' | 'outgoing'> & { hop: HopOptions },
  ): Attempt | undefined => {
    if (attempt === undefined && !tracing.retries) return undefined;
    const own = attempt ?? beginAttempts(caller);
    own.client = span;
    own.outgoing = outgoing;
    noteAttempt(hop, own);
    if (attempt) span.setTag(tag.MOLECULER_ATTEMPT, attempt.number);
    return own;
  };

  const followOutgoing = (span: Span, stream: unknown): OpenSpan | undefined => {
    if (!isStream(stream)) return undefined;
    const open = tracing.openEnds.keep(span);
    followStream(stream, open, { direction: 'sent' });
    return open;
  };

  /** Ends the span, or has it wait for the streams that flow on after the answer. */
  const succeed = (call: TracedCall, ctx: TracedContext | undefined, result: unknown): void => {
    if (isClosed(call)) return;
    const { span, outgoing, attempt } = call;
    if (attempt) endAttempts(attempt);
    describeCallee(call, ctx);
    if (outgoing === undefined && !isStream(result)) {
      span.finish();
      return;
    }
    const open = outgoing ?? tracing.openEnds.keep(span);
    if (isStream(result)) followStream(result, open, { direction: 'received', active: call.caller });
    open.done();
  };

  /** Ends the span, whatever is still sent: the call is over. */
  const fail = (call: TracedCall, ctx: TracedContext | undefined, error: unknown): void => {
    if (isClosed(call)) return;
    const { span, outgoing, attempt } = call;
    if (attempt) endAttempts(attempt);
    describeCallee(call, ctx);
    if (isRecorded(span)) markError(span, error);
    if (outgoing === undefined) {
      span.finish();
      return;
    }
    outgoing.cut();
    outgoing.done();
  };

  const watch: RefusalWatch = {
    callsSeen: () => callsSeen,
    unseen(ctx, actions, promise) {
      if (isSuppressed()) return promise;
      const parent = callerSpan(ctx);
      return promise.catch((error) => {
        if (!isRefusal(error, ctx, actions)) throw error;
        for (const name of actions) {
          if (name.startsWith('$')) continue;
          const span = startSpan(name, parent);
          markError(span, error);
          span.finish();
        }
        throw error;
      });
    },
  };

  return { hook, watch };
}

/**
 * The answer of a call, handed through `succeed` or `fail`, with the members that a middleware may have given its promise.
 * What is no promise, which a middleware may answer too, stays as it is.
 */
function following(
  promise: CallPromise,
  succeed: (result: unknown) => unknown,
  fail?: (error: unknown) => never,
): CallPromise {
  if (!isThenable(promise)) return promise;
  const followed = promise.then(succeed, fail);
  // Promises of other classes have members of their own, which are not for others.
  if (promise.constructor !== Promise || promise.then !== Promise.prototype.then) return followed;
  // Not what all promises have: Moleculer gives their prototype `delay` and `timeout`, for `for` to find.
  for (const name of Object.keys(promise))
    if (name !== 'ctx') Reflect.set(followed, name, Reflect.get(promise, name));
  return followed;
}

/** The listeners of a returned stream are in the caller's trace. */
function keepIn(caller: Span | undefined, result: unknown): unknown {
  if (caller && isStream(result)) keepActive(result, caller);
  return result;
}

/** The same where the caller's span is the active one: one function for all calls. */
function keepInActiveSpan(result: unknown): unknown {
  return keepIn(currentSpan(), result);
}

/** True where the context itself has refused these actions: beyond the call level, or without time left. */
function isRefusal(error: unknown, { level }: TracedContext, actions: readonly string[]): boolean {
  try {
    const { type, data } = (error ?? {}) as { type?: unknown; data?: { level?: unknown; action?: unknown } };
    if (type === 'MAX_CALL_LEVEL') return data?.level === level;
    return type === 'REQUEST_SKIPPED' && data?.action === actions.join(', ');
  } catch {
    return false; // an error of the application's that cannot be asked
  }
}

/** True where the span has ended already, with the attempt that it was. */
function isClosed({ attempt, span }: TracedCall): boolean {
  return attempt !== undefined && attempt.client !== span;
}
