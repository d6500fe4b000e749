/** The active span: which one new spans become children of, followed through promises, timers and callbacks. */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
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

/**
 * The same for handlers, most of which a message begins: there nothing is active before, and nothing that `fn` enters, in
 * storages of the application either, has any business in the loop that takes the next message.
 *
 * `AsyncLocalStorage.run` makes a context to enter by and another one to leave by, each with all that was in the one
 * before. An `AsyncResource` goes back to the context that it came from: less than half the garbage and time.
 */
export function handleWithSpan<Argument, Result>(
  span: Span | typeof SUPPRESSED | undefined,
  fn: (argument: Argument) => Result,
  argument: Argument,
): Result {
  if (active.getStore() !== undefined) return active.run(span, fn, argument);
  return new AsyncResource('Span').runInAsyncScope(enter<Argument, Result>, undefined, span, fn, argument);
}

function enter<Argument, Result>(
  span: Span | typeof SUPPRESSED | undefined,
  fn: (argument: Argument) => Result,
  argument: Argument,
): Result {
  active.enterWith(span);
  return fn(argument);
}
