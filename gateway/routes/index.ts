/** All routes, and the right answer where there is none. */
import Router, { type RouterContext, type RouterMiddleware } from '@koa/router';
import type { Middleware } from 'koa';
import type { Metrics } from '#shared/metrics/metrics.ts';
import type { LoginLimitOptions } from '../login-limit.ts';
import { describedBy } from '../openapi.ts';
import type { Readiness } from '../readiness.ts';
import { MalformedPathError, MethodNotAllowedError, PathNotFoundError } from '../request-errors.ts';
import type { Route } from '../route.ts';
import { type ServeOptions, serveRoute } from '../serve-route.ts';
import type { Tokens } from '../tokens.ts';
import { createHealthRoutes } from './health.ts';
import { helloRoutes } from './hello.ts';
import { labRoutes } from './lab.ts';
import { createLoginRoute } from './login.ts';
import { createMetricsRoute } from './metrics.ts';
import { usersRoutes } from './users.ts';

/** What the routes need. */
export interface RoutesOptions {
  tokens: Tokens;
  readiness: Readiness;
  loginLimit?: LoginLimitOptions | undefined;
  metrics: Metrics;
  servesLab: boolean;
}

/** Makes all routes. */
export function createRoutes(options: RoutesOptions): readonly Route[] {
  const { tokens, readiness, loginLimit, metrics, servesLab } = options;
  return describedBy([
    ...createHealthRoutes(readiness),
    createMetricsRoute(metrics),
    ...helloRoutes,
    createLoginRoute(tokens, loginLimit),
    ...usersRoutes,
    ...(servesLab ? labRoutes : []),
  ]);
}

/** The middlewares that route, in their order. */
export function serveRoutes(routes: readonly Route[], options: ServeOptions): Middleware[] {
  const router = new Router();
  for (const route of routes) {
    router.register(route.path, [route.method], serveRoute(route, options) as RouterMiddleware[]);
  }
  return [refuseMalformedPaths, router.routes() as Middleware, answerUnrouted];
}

/** The router would hand a parameter on as it came. */
const refuseMalformedPaths: Middleware = async (ctx, next) => {
  try {
    decodeURIComponent(ctx.path);
  } catch (cause) {
    throw new MalformedPathError({ cause });
  }
  await next();
};

/** Comes after the router, which leaves in `matched` the routes of this path, whatever their methods are. */
const answerUnrouted: Middleware = (ctx) => {
  const { matched = [] } = ctx as RouterContext;
  const allowed = [...new Set(matched.flatMap(({ methods }) => methods))];
  if (allowed.length === 0) throw new PathNotFoundError();
  ctx.set('Allow', [...allowed, 'OPTIONS'].join(', '));
  if (ctx.method !== 'OPTIONS') throw new MethodNotAllowedError(allowed);
  ctx.status = 204;
};
