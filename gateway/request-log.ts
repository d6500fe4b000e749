/** One line in the log for every request, when its answer is out or its client is gone. */
import type { Context, Middleware } from 'koa';
import type { Logger } from '#shared/logger.ts';
import { isHangUp } from '#shared/tracing/hang-up.ts';
import { traceFields } from '#shared/tracing/index.ts';

/** nginx's custom for a client that did not wait: no other status would be true. */
const CLIENT_CLOSED_REQUEST = 499;

/**
 * Logs `method`, `route`, `status`, `durationMs` and `traceId`, and the error that the application was told of, which
 * is expected in `ctx.state.failure`.
 */
export function logRequests(logger: Logger, now: () => number = () => performance.now()): Middleware {
  return async function logRequest(ctx, next) {
    const startedAt = now();
    // Taken now: when the connection closes, the trace is no longer the active one.
    const trace = traceFields();
    ctx.res.once('close', () => {
      const failure = failureOf(ctx);
      const level = failure !== undefined ? 'error' : isProbe(ctx) ? 'debug' : 'info';
      const durationMs = Math.round((now() - startedAt) * 1000) / 1000;
      const fields = { method: ctx.method, route: routeOf(ctx), status: statusOf(ctx), durationMs, ...trace };
      logger[level]({ ...fields, ...(failure !== undefined && { err: failure }) }, 'request');
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

/** That the client went, or sent what is no HTTP, is what the status says; it is no failure of ours. */
function failureOf({ state }: Context): unknown {
  const { failure } = state as { failure?: unknown };
  return isHangUp(failure) ? undefined : failure;
}

/** Asked for every few seconds by whatever runs this process. */
function isProbe(ctx: Context): boolean {
  const route = routeOf(ctx);
  return route === '/metrics' || (route?.startsWith('/health/') ?? false);
}
