/** Spans of one's own, around any piece of code. */
import opentracing, { type Span } from 'opentracing';
import { currentSpan, isSuppressed, withSpan } from './current-span.ts';
import { markError } from './span-error.ts';

export interface InSpanOptions {
  /** Tags from the start. */
  tags?: Readonly<Record<string, unknown>>;
}

/**
 * Runs `fn(span)` in a child of the active span, made by that span's own tracer; where none is active, in a new trace
 * of the global tracer. The span is active inside, is finished once when `fn` returns or its promise settles, and
 * carries the error of a `fn` that throws or rejects. Returns what `fn` returns; of a thenable that is no promise, such as
 * a query that runs when it is awaited, a promise of its result.
 */
export function inSpan<Result>(name: string, options: InSpanOptions, fn: (span: Span) => Result): Result {
  const parent = currentSpan();
  if (isSuppressed()) return fn(new opentracing.Span());
  const tracer = parent?.tracer() ?? opentracing.globalTracer();
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
  if (result instanceof Promise) {
    Promise.prototype.then.call(result, () => span.finish(), fail);
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

function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
  } catch {
    return false; // a Proxy, or a getter, that throws: it is the caller's to find out
  }
}
