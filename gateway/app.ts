/** The gateway as a Koa application: what a request goes through, from the outside in. */
import Koa from 'koa';
import helmet from 'koa-helmet';
import type { Caller } from '#shared/contracts/call.ts';
import type { Logger } from '#shared/logger.ts';
import { measureRequests } from '#shared/metrics/koa-metrics.ts';
import type { Metrics } from '#shared/metrics/metrics.ts';
import type { Tracing } from '#shared/tracing/index.ts';
import { createAccess } from './access.ts';
import { allowOrigins } from './cross-origin.ts';
import { answerErrors } from './errors.ts';
import type { LoginLimitOptions } from './login-limit.ts';
import type { Readiness } from './readiness.ts';
import { logRequests } from './request-log.ts';
import { createRoutes, serveRoutes } from './routes/index.ts';
import { createTokens } from './tokens.ts';

/** What the gateway is made of. */
export interface AppOptions {
  /** Who calls the services. */
  mesh: Caller;
  /** Whether it can do its work. */
  readiness: Readiness;
  logger: Logger;
  tracing: Pick<Tracing, 'koa'>;
  metrics: Metrics;
  /** What tokens are signed with. */
  jwtSecret: string;
  /** Users who may do everything. @default none */
  adminEmails?: readonly string[];
  /** Origins whose pages may ask. @default none */
  corsOrigins?: readonly string[];
  /** How many proxies of ours stand in front, whose word on the client's address is taken. @default 0 */
  proxies?: number;
  /** Whether `/lab` is there. @default false */
  servesLab?: boolean;
  /** Milliseconds that all calls of one request may take together, where a route says nothing else. @default 5000 */
  deadlineMs?: number;
  loginLimit?: LoginLimitOptions;
}

/** Makes the application; it listens nowhere yet. */
export function createApp(options: AppOptions): Koa {
  const { mesh, readiness, logger, tracing, metrics, jwtSecret, loginLimit } = options;
  const { adminEmails = [], corsOrigins = [], proxies = 0, servesLab = false, deadlineMs = 5000 } = options;
  const tokens = createTokens({ secret: jwtSecret });
  const access = createAccess({ tokens, adminEmails });
  const routes = createRoutes({ tokens, readiness, loginLimit, metrics, servesLab });

  const app = new Koa({ proxy: proxies > 0, maxIpsCount: proxies });
  app.use(tracing.koa({ ignore: UNTRACED_PATHS })); // first, so that all that follows is in the trace
  app.use(logRequests(logger));
  app.use(measureRequests(metrics));
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: NOTHING_TO_SHOW } }));
  for (const middleware of allowOrigins(corsOrigins)) app.use(middleware);
  app.use(answerErrors());
  for (const middleware of serveRoutes(routes, { mesh, access, deadlineMs })) app.use(middleware);

  // Said in the line of its request, which is written when the connection is done with.
  app.on('error', (error: unknown, ctx: Koa.Context) => {
    ctx.state['failure'] ??= error;
  });
  return app;
}

/** What tells of the gateway itself, and is asked for by machines. */
const UNTRACED_PATHS = ['/health/*', '/metrics', '/openapi.json'];

/** Answers are data: a browser that takes one for a page shall load nothing for it, and show it in no frame. */
const NOTHING_TO_SHOW = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };
