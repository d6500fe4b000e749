/** Measures the actions of a Moleculer node. */
import type { Middleware, ServiceBroker } from 'moleculer';
import { traceFields } from '../tracing/index.ts';
import type { Metrics, Outcome } from './metrics.ts';

type Handler = (ctx: object) => Promise<unknown>;

/**
 * The middleware: to stand before the tracing's in the broker's options, so that its wrap lies inside of the tracing's, and
 * around all of Moleculer's own, which refuse calls and answer them from the cache.
 */
export function measureActions(metrics: Metrics, now: () => number = () => performance.now()): Middleware {
  const wrap = {
    name: 'Metrics',
    localAction(next: Handler, { name = '' }: { name?: string }): Handler {
      if (name.startsWith('$')) return next;
      return async function measuredAction(ctx) {
        const startedAt = now();
        const observe = (outcome: Outcome) => {
          const observation = { seconds: (now() - startedAt) / 1000, traceId: traceFields().traceId };
          metrics.observeAction({ action: name, outcome }, observation);
        };
        try {
          const result = await next(ctx);
          observe('ok');
          return result;
        } catch (error) {
          observe(outcomeOf(error));
          throw error;
        }
      };
    },
  };
  // What a `created` hook adds lies outside of Moleculer's own middlewares, which it registers before the services.
  const adds = {
    created: ({ middlewares }: ServiceBroker) => middlewares.add(wrap as unknown as Middleware),
  };
  return adds as unknown as Middleware;
}

/** As on spans: who is at fault decides. */
function outcomeOf(error: unknown): Outcome {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'number' && code < 500 ? 'refused' : 'failed';
}
