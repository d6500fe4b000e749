/** What pages of other origins may do with this gateway (CORS): nothing, unless they are named. */
import cors from '@koa/cors';
import type { Middleware } from 'koa';

/** How long a browser may remember what it was allowed. */
const MAX_AGE_S = 600;

/** Lets pages of these origins ask; none where there are no origins, so that not even `Vary` speaks of them. */
export function allowOrigins(origins: readonly string[]): Middleware[] {
  if (origins.length === 0) return [];
  const allowed = new Set(origins);
  return [
    cors({
      origin: (ctx) => (allowed.has(ctx.get('Origin')) ? ctx.get('Origin') : ''),
      allowMethods: 'GET,HEAD,POST,PATCH,DELETE',
      // No credentials: tokens are sent by name, and there are no cookies.
      allowHeaders: ['Authorization', 'Content-Type', 'uber-trace-id', 'traceparent', 'tracestate'],
      exposeHeaders: ['Location', 'Retry-After', 'x-trace-id', 'traceresponse'],
      maxAge: MAX_AGE_S,
    }) as Middleware,
  ];
}
