/** One line in the log for every request, when its answer is out or its client is gone. */
import type { Context, Middleware } from 'koa';
import type { Logger } from '#shared/logger.ts';
import { traceFields } from '#shared/tracing/index.ts';

/** What nginx made the custom for a client that did not wait: no other status would be true. */
const CLIENT_CLOSED_REQUEST = 499;

/** Logs with `method`, `route`, `status`, `durationMs`, `traceId`, and the error where it was our fault. */
export function logRequests(logger: Logger, now: () => number = () => performance.now()): Middleware {
  return async function logRequest(ctx, next) {
    const startedAt = now();
    // Taken now: by the time the connection closes, the trace is no longer the active one.
    const trace = traceFields();
    ctx.res.once('close', () => {
      const durationMs = Math.round((now() - startedAt) * 1000) / 1000;
      const { failure } = ctx.state;
      const fields = { method: ctx.method, route: routeOf(ctx), status: statusOf(ctx), durationMs };
      logger[levelOf(ctx)]({ ...fields, ...trace, ...(failure && { err: failure }) }, 'request');
    });
    await next();
  };
}

/** The pattern, not the path: paths hold names and ids. */
function routeOf(ctx: Context): string | undefined {
  const { _matchedRoute: route } = ctx as { _matchedRoute?: unknown };
  return route === undefined ? undefined : String(route);
}

function statusOf({ res }: Context): number {
  return res.writableFinished ? res.statusCode : CLIENT_CLOSED_REQUEST;
}

function levelOf(ctx: Context): 'error' | 'info' | 'debug' {
  if (statusOf(ctx) >= 500) return 'error';
  // Asked for every few seconds by whatever runs this process.
  return routeOf(ctx)?.startsWith('/health/') ? 'debug' : 'info';
}
