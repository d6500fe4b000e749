/**
 * Moleculer's context, with room for what the hooks have to remember of an execution, and with an eye on the calls that
 * are refused before they reach the broker: beyond the call level, or without time left.
 */
import type { CallingOptions, Context, ServiceBroker } from 'moleculer';
import type { Span } from 'opentracing';
import { isIntact } from '../intact-span.ts';

/** The server or consumer span of an execution. */
const SPAN = Symbol('span');
/** What the handler itself returned, inside of all wraps: it goes on where the wraps have given up. */
export const HANDLED = Symbol('handled');

/** A context as the hooks see it. */
export interface TracedContext extends Context {
  [SPAN]?: Span | undefined;
  [HANDLED]?: Promise<unknown> | undefined;
  /** Set by Moleculer's fallback middleware. */
  fallbackResult?: boolean;
}

/** The spans of contexts that take no new property: the application may have made their class. */
const spansBeside = new WeakMap<TracedContext, Span>();

/** Notes the span of an execution on its context, where a context takes it, else beside it. */
export function noteSpan(ctx: TracedContext, span: Span): void {
  try {
    ctx[SPAN] = span;
    if (ctx[SPAN] === span) return;
  } catch {
    // It is sealed, or a Proxy that refuses.
  }
  spansBeside.set(ctx, span);
}

/** The span of the execution that a context is of; nothing of a context that a middleware has made a deep copy of. */
export function spanOf(ctx: TracedContext): Span | undefined {
  const span = ctx[SPAN] ?? spansBeside.get(ctx);
  return span !== undefined && isIntact(span) ? span : undefined;
}

/** Notes what the handler itself returned; nothing, once the execution is over: whoever keeps the context would keep it, too. */
export function noteHandled(ctx: TracedContext, handled: Promise<unknown> | undefined): void {
  try {
    if (ctx[HANDLED] !== handled) ctx[HANDLED] = handled;
  } catch {
    // It takes no new property, or the handler has frozen it.
  }
}

type ContextClass = new (...parameters: never[]) => Context;

/** How the call hook is told of calls that never reach it. */
export interface RefusalWatch {
  /** How many calls have come to the hook so far. */
  callsSeen(): number;
  /** Told of a call that the hook has not seen: it was refused, or a middleware further out has taken it. */
  unseen(ctx: TracedContext, actions: readonly string[], promise: Promise<unknown>): Promise<unknown>;
}

/** Makes the broker use a context class of ours, over whichever it has. */
export function watchContexts(broker: ServiceBroker, watch: RefusalWatch): void {
  const Base = broker.ContextFactory as unknown as ContextClass;
  // No fields: a subclass without them is made as quickly as its base, and every request makes contexts.
  const Traced = class extends Base {
    override call(action: string, params?: unknown, options?: CallingOptions): Promise<never> {
      const before = watch.callsSeen();
      const promise = super.call(action, params as never, options as never);
      if (watch.callsSeen() !== before) return promise as Promise<never>;
      return watch.unseen(this as TracedContext, actionsOf([{ action }]), promise) as Promise<never>;
    }

    override mcall(definitions: never, options?: never): Promise<never> {
      const before = watch.callsSeen();
      const promise = super.mcall(definitions, options) as Promise<unknown>;
      if (watch.callsSeen() !== before) return promise as Promise<never>;
      return watch.unseen(this as TracedContext, actionsOf(definitions), promise) as Promise<never>;
    }
  };
  // Logs and inspections show it.
  Object.defineProperty(Traced, 'name', { value: Base.name });
  broker.ContextFactory = Traced as unknown as typeof broker.ContextFactory;
}

function actionsOf(definitions: unknown): string[] {
  const items: ({ action?: unknown } | null)[] = Object.values(definitions ?? {});
  return items.map((item) => item?.action).filter((action) => typeof action === 'string');
}
