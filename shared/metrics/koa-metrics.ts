/** Measures the requests of a Koa application. */
import { METHODS } from 'node:http';
import type { Context, Middleware } from 'koa';
import { traceFields } from '../tracing/index.ts';
import type { Metrics } from './metrics.ts';

const KNOWN_METHODS = new Set(METHODS);

/**
 * Observes each request when its connection is done with it: comes right behind tracing. The route is the pattern that
 * matched, the method one that Node knows, and the status `aborted` where the client was gone before the last byte: so
 * there are never more of them than the application has routes.
 */
export function measureRequests(metrics: Metrics, now: () => number = () => performance.now()): Middleware {
  return async function measureRequest(ctx, next) {
    const startedAt = now();
    const { traceId } = traceFields();
    ctx.res.once('close', () => {
      const { res } = ctx;
      metrics.observeRequest(
        {
          method: KNOWN_METHODS.has(ctx.method) ? ctx.method : 'other',
          route: routeOf(ctx),
          status: res.writableFinished ? String(res.statusCode) : 'aborted',
        },
        { seconds: (now() - startedAt) / 1000, traceId },
      );
    });
    await next();
  };
}

function routeOf(ctx: Context): string {
  const { _matchedRoute: route } = ctx as { _matchedRoute?: unknown };
  return route === undefined ? 'none' : String(route);
}
