/** Spans of one's own, around any piece of code. */
import type { Span } from 'opentracing';
import * as opentracing from 'opentracing';
import { currentSpan, isSuppressed, withSpan } from './current-span.ts';
import { rootTracer } from './root-tracer.ts';
import { markError } from './span-error.ts';
import { isThenable } from './thenable.ts';

/** How a span of one's own begins. */
export interface InSpanOptions {
  /** Tags from the start. */
  tags?: Readonly<Record<string, unknown>>;
}

/**
 * Runs `fn(span)` in a child of the active span, made by that span's own tracer; where none is active, in a new trace
 * of the global tracer. The span is active inside, is finished once when `fn` returns or its promise settles, and
 * carries the error of a `fn` that throws or rejects. Returns what `fn` returns; of a promise, or of a thenable such as a
 * query that runs when it is awaited, a promise of its result; a promise with members of its own, but with no `then` of its
 * own, is returned itself.
 */
export function inSpan<Result>(name: string, options: InSpanOptions, fn: (span: Span) => Result): Result {
  const parent = currentSpan();
  if (isSuppressed()) return fn(new opentracing.Span());
  const tracer = parent?.tracer() ?? rootTracer();
  const span = tracer.startSpan(name, { ...(parent && { childOf: parent }), ...options });
  let result: Result;
  try {
    result = withSpan(span, fn, span);
  } catch (error) {
    markError(span, error);
    span.finish();
    throw error;
  }
  if (!isThenable(result)) {
    span.finish();
    return result;
  }
  const fail = (error: unknown): void => {
    markError(span, error);
    span.finish();
  };
  if (isPromiseWithMembers(result)) {
    result.then(() => span.finish(), fail);
    return result;
  }
  return result.then(
    (value) => {
      span.finish();
      return value;
    },
    (error) => {
      fail(error);
      throw error;
    },
  ) as Result;
}

/**
 * True of promises that callers need as they are, such as one of a child process, with that for a property. That we listen
 * counts as handling a rejection, so of all others callers get the promise behind us: where nobody listens to that, the
 * process hears of it.
 */
function isPromiseWithMembers(result: PromiseLike<unknown>): boolean {
  if (!(result instanceof Promise) || result.then !== Promise.prototype.then) return false;
  return result.constructor !== Promise || Object.getOwnPropertyNames(result).length > 0;
}
