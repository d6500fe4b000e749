/**
 * What one message carries of its cause: on the options of its call or event, which are copies for this hop alone as
 * callers share their objects; and in its meta only while it is written to the wire.
 */
import type { CallingOptions, Context } from 'moleculer';
import type { Span } from 'opentracing';
import { isSuppressed, SUPPRESSED } from '../current-span.ts';
import { isIntact } from '../intact-span.ts';
import { callerSpan } from './caller-span.ts';
import { carrierOf, SUPPRESSED_CARRIER } from './carrier.ts';
import { copyOf } from './copied-options.ts';
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

/** What caused an execution or event, where it began in this process; nothing where a middleware has made deep copies of it. */
export function causeOf(options: object | null | undefined): Cause | undefined {
  const cause = (options as Hop | null | undefined)?.[CAUSE];
  return cause === undefined || cause === SUPPRESSED || isIntact(cause) ? cause : undefined;
}

/**
 * The same for one execution or handler alone. What it goes on to do with its context or its options is caused by itself,
 * although a call through `service.actions` comes with just these.
 */
export function takeCause(ctx: Context): Cause | undefined {
  const cause = causeOf(ctx.options);
  if (cause === undefined) return undefined;
  // The handlers of an event share its options: a later one has still to find what caused it.
  if (ctx.eventName) ctx.options = copyOf(ctx.options);
  letGo(ctx.options as Hop);
  return cause;
}

/** A copy of the options for this hop alone; where Moleculer calls again with a context (a retry), that context's own. */
export function hopOptions(options: HopOptions | undefined, cause: Cause): HopOptions {
  const ctx = options?.ctx;
  if (ctx === undefined || ctx === null) {
    const hop: HopOptions & Hop = copyOf(options);
    hop[CAUSE] = cause;
    return hop;
  }
  // A copy here, too: they may be frozen by now, or be somebody else's.
  const hop: HopOptions & Hop = copyOf((ctx.options ?? undefined) as HopOptions | undefined);
  hop[CAUSE] = cause;
  ctx.options = hop as CallingOptions;
  return options as HopOptions;
}

/** Lets go of what caused a hop that is over: contexts hold on to their options, and applications may keep contexts for long. */
export function forgetCause(hop: HopOptions): void {
  letGo((hop.ctx?.options ?? hop) as Hop);
}

function letGo(options: Hop): void {
  try {
    if (options[CAUSE] !== undefined) options[CAUSE] = undefined;
  } catch {
    // The handler has frozen its options.
  }
}

/**
 * See {@link carrying}: what a context was caused by. That is who calls where the call has no span of its own, as in a
 * trace that is discarded, or where a middleware of the application's has made new options and left the cause out.
 */
export const carryCause = carrying((ctx) => {
  const cause = causeOf(ctx.options) ?? (isSuppressed() ? SUPPRESSED : callerSpan(ctx.options?.parentCtx));
  return cause === SUPPRESSED ? SUPPRESSED_CARRIER : cause && carrierOf(cause);
});
