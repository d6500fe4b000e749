/** Which span something is caused by, and how its name and service are told from an action's name. */
import type { Context } from 'moleculer';
import type { Span } from 'opentracing';
import { currentSpan } from '../current-span.ts';
import { spanOf, type TracedContext } from './traced-context.ts';

/**
 * The active span, which is the innermost; the context's own where the code runs outside its request (in another's, or in
 * none), as with pools and timers.
 */
export function callerSpan(parentCtx: Context | null | undefined): Span | undefined {
  const active = currentSpan();
  const own = parentCtx ? spanOf(parentCtx as TracedContext) : undefined;
  if (active === own || own === undefined) return active;
  if (active === undefined) return own;
  return active.context().toTraceId() === own.context().toTraceId() ? active : own;
}

/** True of what another node has sent, unless it has a span already: then a handler has handed its own context on. */
export function isFromElsewhere(ctx: TracedContext, nodeID: string): boolean {
  return typeof ctx.nodeID === 'string' && ctx.nodeID !== nodeID && spanOf(ctx) === undefined;
}

/** `users` of `users.get`, `v2.users` of `v2.users.get`. */
export function serviceOf(actionName: string): string {
  const dot = actionName.lastIndexOf('.');
  return dot === -1 ? actionName : actionName.slice(0, dot);
}
