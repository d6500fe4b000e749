/** The options and meta of one hop: copies, since callers share their objects, with the carrier in the meta. */
import type { Context } from 'moleculer';
import type { Span } from 'opentracing';
import { type Carrier, type Meta, withCarrier, withoutCarrier } from './carrier.ts';

/** What calls and events have in common in their options. */
export interface HopOptions {
  ctx?: Context;
  parentCtx?: Context | null;
  meta?: Meta | null;
  stream?: unknown;
  [option: string]: unknown;
}

const CLIENT_SPAN = Symbol('client span');

type Hop = { [CLIENT_SPAN]?: Span | undefined };

/** The caller's span of a hop within this process, which need not be read from its carrier. */
export function spanOfHop(options: unknown): Span | undefined {
  return (options as Hop | null | undefined)?.[CLIENT_SPAN];
}

/** A copy of the options for this hop alone; where Moleculer calls again with a context (a retry), that context's own. */
export function hopOptions(options: HopOptions | undefined, carrier: Carrier, span?: Span): HopOptions {
  const ctx = options?.ctx;
  if (ctx === undefined || ctx === null) {
    const hop: HopOptions & Hop = { ...options, meta: withCarrier(options?.meta, carrier) };
    hop[CLIENT_SPAN] = span;
    return hop;
  }
  ctx.meta = withCarrier(ctx.meta as Meta, carrier);
  if (spanOfHop(ctx.options) !== undefined) (ctx.options as Hop)[CLIENT_SPAN] = span;
  return options as HopOptions;
}

/**
 * What the callee set in its meta goes where it goes untraced: into the parent context, by Moleculer, once the carrier is
 * out of it; or, where there is no parent, into the caller's own object, which Moleculer would have used as it is.
 */
export function returnMeta(options: HopOptions | undefined, ctx: Context | undefined): void {
  if (ctx === undefined) return;
  const meta = withoutCarrier(ctx.meta as Meta);
  ctx.meta = meta;
  const own = options?.meta;
  if (!own || options?.parentCtx || options?.ctx) return;
  returnChanges(own, meta);
}

/** Copies into `own` what `meta` has and it has not; a frozen object stays as it is. */
export function returnChanges(own: Meta, meta: Meta): void {
  for (const key of Object.keys(meta)) if (own[key] !== meta[key]) Reflect.set(own, key, meta[key]);
}
