/**
 * Retries. Moleculer's retry runs inside of the first attempt: the hooks of attempt 1 settle only after the last one, with
 * its result. So each attempt's failure is noted where it happens, just inside the retry middleware, and the spans of an
 * attempt are closed with it as the next attempt begins.
 *
 * The retry goes by a copy of the attempt's context, which has the same options and nothing else that is ours. So a failed
 * attempt is kept on these; before, it is on the options where they are a copy for this hop alone, else on the context.
 */
import type { CallingOptions, Context } from 'moleculer';
import type { Span } from 'opentracing';
import { isIntact } from '../intact-span.ts';
import { markError } from '../span-error.ts';
import * as tag from '../tags.ts';
import { copyOf } from './copied-options.ts';
import { endExecution, type Failure, markFailure } from './execution-end.ts';
import type { HopOptions } from './hop.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import type { OpenSpan } from './open-ends.ts';
import { spanOf, type TracedContext } from './traced-context.ts';

/** The attempt of a call that is under way, one after the other. */
export interface Attempt {
  /** What the spans of all attempts are children of. */
  readonly parent: Span | undefined;
  number: number;
  client: Span | undefined;
  /** The client span as it waits for a stream that is sent. */
  outgoing: OpenSpan | undefined;
  /** Where the action ran in this process. */
  server: Span | undefined;
  /** The server span as it waits for the same stream. */
  incoming: OpenSpan | undefined;
  /** Undefined once the call is over: then it is not tried again. */
  failure: Failure | undefined;
}

/** An attempt in whose place another one comes. */
export type FailedAttempt = Attempt & { failure: Failure };

const ATTEMPT = Symbol('attempt');

type Bearer = { [ATTEMPT]?: Attempt };

const NOTHING_YET: Omit<Attempt, 'parent' | 'number'> = {
  client: undefined,
  outgoing: undefined,
  server: undefined,
  incoming: undefined,
  failure: undefined,
};

/** The first attempt of a call. */
export function beginAttempts(parent: Span | undefined): Attempt {
  return { ...NOTHING_YET, parent, number: 1 };
}

/** The attempt that this context or its options tell of; it is another one's where somebody has handed them on. */
export function attemptOf(ctx: Context): Attempt | undefined {
  const attempt = (ctx as Bearer)[ATTEMPT] ?? (ctx.options as Bearer | null)?.[ATTEMPT];
  return attempt !== undefined && isWhole(attempt) ? attempt : undefined;
}

/** False of a copy that a middleware has made of it and its spans, as part of the options. */
function isWhole({ client, server, parent }: Attempt): boolean {
  const span = client ?? server ?? parent;
  return span === undefined || isIntact(span);
}

/**
 * The attempt that has failed, where the context is the one that Moleculer's retry has made for the next. Whoever hands on
 * a context or its options hands on an attempt too, and that is none of what they call.
 */
export function failedAttempt(ctx: Context | null | undefined): FailedAttempt | undefined {
  if (!ctx) return undefined;
  const attempt = attemptOf(ctx);
  if (attempt?.failure === undefined) return undefined;
  const { _retryAttempts: retries } = ctx as { _retryAttempts?: number };
  const isMadeForIt = (retries ?? 0) > 0 && spanOf(ctx as TracedContext) === undefined;
  return isMadeForIt ? (attempt as FailedAttempt) : undefined;
}

/** Notes the attempt on the options of a hop, which are a copy, or on the context that the hop goes by. */
export function noteAttempt(hop: HopOptions, attempt: Attempt): void {
  if (hop.ctx) noteOnContext(hop.ctx, attempt);
  else noteOnOptions(hop, attempt);
}

/** False where the context takes nothing more: then it is none to try again with, either. */
export function noteOnContext(ctx: Context, attempt: Attempt): boolean {
  try {
    (ctx as Bearer)[ATTEMPT] = attempt;
    return true;
  } catch {
    return false;
  }
}

/** Enumerable, so that it survives middlewares that copy the options. */
function noteOnOptions(options: object, attempt: Attempt): void {
  (options as Bearer)[ATTEMPT] = attempt;
}

/** Notes how an attempt has failed, where the retry will find it: whatever has become of the options meanwhile. */
export function noteFailure(ctx: Context, attempt: Attempt, failure: Failure): void {
  attempt.failure = failure;
  if ((ctx.options as Bearer | null)?.[ATTEMPT] === attempt) return;
  try {
    ctx.options = copyOf(ctx.options as HopOptions) as CallingOptions;
    noteOnOptions(ctx.options, attempt);
  } catch {
    // The handler has frozen its context, with which Moleculer cannot try again.
  }
}

/** Lets go of the attempt of a call that is over: contexts hold on to it, and applications may keep contexts for long. */
export function endAttempts(attempt: Attempt): void {
  attempt.client = undefined;
  attempt.outgoing = undefined;
  attempt.failure = undefined;
}

/** Closes the spans of an attempt that failed, at the time at which it did, and counts on. */
export function nextAttempt(attempt: FailedAttempt, tracing: MoleculerTracing): void {
  const { client, outgoing, server, incoming, failure, number } = attempt;
  (client ?? server)?.setTag(tag.MOLECULER_ATTEMPT, number);
  if (server) {
    markFailure(server, failure.error);
    endExecution(server, { incoming, failure, endMs: failure.timeMs }, tracing);
  }
  if (client) {
    markError(client, failure.error);
    // The next attempt sends the rest of the stream.
    outgoing?.cut();
    outgoing?.done(failure.timeMs);
    if (outgoing === undefined) client.finish(failure.timeMs);
  }
  Object.assign(attempt, NOTHING_YET, { number: number + 1 });
}
