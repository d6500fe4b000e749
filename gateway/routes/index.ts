/** All routes, and the right answer where there is none. */
import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { Caller } from '#shared/contracts/call.ts';
import { MalformedPathError, MethodNotAllowedError, PathNotFoundError } from '../request-errors.ts';
import { addHealthRoutes } from './health.ts';
import { addHelloRoutes } from './hello.ts';
import { addUsersRoutes } from './users.ts';

/** What the routes need. */
export interface RoutesOptions {
  /** Who calls the services. */
  mesh: Caller;
  /** Names what keeps the gateway from doing its work. */
  findMissing: () => string[];
}

/** The middlewares that route, in their order. */
export function createRoutes({ mesh, findMissing }: RoutesOptions): Middleware[] {
  const router = new Router();
  addHealthRoutes(router, findMissing);
  addHelloRoutes(router, mesh);
  addUsersRoutes(router, mesh);
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
