/** The active span: which one new spans become children of, followed through promises, timers and callbacks. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from 'opentracing';

/** Stands where a span would be in work that is not to be traced, so that nothing below begins a trace of its own. */
export const SUPPRESSED = Symbol('tracing suppressed');

const active = new AsyncLocalStorage<Span | typeof SUPPRESSED | undefined>();

/** The active OpenTracing span, or undefined outside a trace. */
export function currentSpan(): Span | undefined {
  const span = active.getStore();
  return span === SUPPRESSED ? undefined : span;
}

/** True in work that is not to be traced. */
export function isSuppressed(): boolean {
  return active.getStore() === SUPPRESSED;
}

/** Runs `fn(argument)` with `span` as the active span and returns what it returns. */
export function withSpan<Argument, Result>(
  span: Span | typeof SUPPRESSED | undefined,
  fn: (argument: Argument) => Result,
  argument: Argument,
): Result {
  return active.run(span, fn, argument);
}
