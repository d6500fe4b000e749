/** The gateway as a Koa application: what a request goes through, from the outside in. */
import Koa, { type Middleware } from 'koa';
import type { Caller } from '#shared/contracts/call.ts';
import type { Logger } from '#shared/logger.ts';
import { answerErrors } from './errors.ts';
import { logRequests } from './request-log.ts';
import { createRoutes } from './routes/index.ts';

/** What the gateway is made of. */
export interface AppOptions {
  /** Who calls the services. */
  mesh: Caller;
  /** Names what keeps the gateway from doing its work. */
  findMissing: () => string[];
  logger: Logger;
  /** Comes first, so that all that follows is in the trace. */
  tracing: Middleware;
}

/** Makes the application; it listens nowhere yet. */
export function createApp({ mesh, findMissing, logger, tracing }: AppOptions): Koa {
  const app = new Koa();
  app.use(tracing);
  app.use(logRequests(logger));
  app.use(answerErrors());
  for (const route of createRoutes({ mesh, findMissing })) app.use(route);

  // Said in the line of its request, which is written when the connection is done with.
  app.on('error', (error: unknown, ctx: Koa.Context) => {
    ctx.state['failure'] ??= error;
  });
  return app;
}
