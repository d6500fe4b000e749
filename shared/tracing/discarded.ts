/**
 * Traces that are not recorded: they cost a context, and nothing else. What is called in them has no spans, and the first
 * span of a process is not followed to its end; unless somebody raises the trace's priority on the way (`sampling.priority`,
 * as OpenTracing names it), from where on what is still under way in this process is recorded after all.
 */
import type { Span } from 'opentracing';
import { handleWithSpan } from './current-span.ts';

/** What spans of this library's own tracer can say beyond OpenTracing's. */
export type DiscardableSpan = Span & {
  readonly isDiscarded: boolean;
  /** True where another span of the trace in this process waits to be raised. */
  readonly isNested: boolean;
  whenRaised(follow: () => void): void;
};

/** True where nothing of the span's trace is recorded, unless its priority is raised. Only this library's own tracer can say. */
export function isDiscarded(span: Span): span is DiscardableSpan {
  return (span as Span & Partial<DiscardableSpan>).isDiscarded === true;
}

/**
 * True where, besides, the span is the first of its trace in this process. The others are finished as those are that are
 * recorded, so that a trace that lasts remembers none of them.
 */
export function isDiscardedFirst(span: Span): span is DiscardableSpan {
  return isDiscarded(span) && !span.isNested;
}

/** What is done for a span that is recorded after all: its end is that of the promise. */
export type Follow<Argument> = (
  promise: Promise<unknown>,
  span: Span,
  argument: Argument,
) => Promise<unknown>;

/** Runs `fn(argument)` in a span that is the first of a trace that is discarded. */
export function runDiscarded<Argument>(
  span: DiscardableSpan,
  fn: (argument: Argument) => Promise<unknown>,
  argument: Argument,
  follow: Follow<Argument>,
): Promise<unknown> {
  let promise: Promise<unknown> | undefined;
  span.whenRaised(() => {
    // Where it has not returned yet, it is followed below.
    if (promise) whilePending(promise, (pending) => follow(pending, span, argument));
  });
  try {
    promise = handleWithSpan(span, fn, argument);
  } catch (error) {
    if (!isDiscarded(span)) aside(follow(Promise.reject(error), span, argument));
    throw error;
  }
  if (!isDiscarded(span)) aside(follow(promise, span, argument));
  return promise;
}

/** Follows no promise that has settled: such a one tells its listeners before the next one that is made. */
function whilePending(
  promise: Promise<unknown>,
  follow: (promise: Promise<unknown>) => Promise<unknown>,
): void {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  promise.then(note, note);
  Promise.resolve().then(() => {
    if (!settled) aside(follow(promise));
  });
}

/** Beside whoever waits for the promise, and hears of its failure. */
function aside(followed: Promise<unknown>): void {
  followed.catch(() => {});
}
