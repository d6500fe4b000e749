/**
 * What one message carries of its cause: on the options of its call or event, which are copies for this hop alone as
 * callers share their objects; and in its meta only while it is written to the wire.
 */
import type { Context } from 'moleculer';
import type { Span } from 'opentracing';
import { currentSpan, SUPPRESSED } from '../current-span.ts';
import { isDiscarded } from '../discarded.ts';
import { carrierOf, SUPPRESSED_CARRIER } from './carrier.ts';
import { carrying } from './on-the-wire.ts';

/** What calls and events have in common in their options. */
export interface HopOptions {
  ctx?: Context;
  parentCtx?: Context | null;
  stream?: unknown;
  [option: string]: unknown;
}

/** The client or producer span of a message; or that nothing of it is to be traced. */
export type Cause = Span | typeof SUPPRESSED;

/** Enumerable, so that it survives middlewares that copy the options. */
const CAUSE = Symbol('cause');

type Hop = { [CAUSE]?: Cause | undefined };

/** What caused an execution or event, where it began in this process. */
export function causeOf(options: object | null | undefined): Cause | undefined {
  return (options as Hop | null | undefined)?.[CAUSE];
}

/** A copy of the options for this hop alone; where Moleculer calls again with a context (a retry), that context's own. */
export function hopOptions(options: HopOptions | undefined, cause: Cause): HopOptions {
  const ctx = options?.ctx;
  if (ctx === undefined || ctx === null) {
    const hop: HopOptions & Hop = { ...options };
    hop[CAUSE] = cause;
    return hop;
  }
  if (causeOf(ctx.options) === undefined) ctx.options = { ...ctx.options };
  (ctx.options as Hop)[CAUSE] = cause;
  return options as HopOptions;
}

/** Calls of a trace that is discarded have no spans of their own: they carry the active one. */
function discardedCause(): Span | undefined {
  const span = currentSpan();
  return span && isDiscarded(span) ? span : undefined;
}

/** See {@link carrying}: what a context was caused by. */
export const carryCause = carrying((ctx) => {
  const cause = causeOf(ctx.options) ?? discardedCause();
  return cause === SUPPRESSED ? SUPPRESSED_CARRIER : cause && carrierOf(cause);
});
