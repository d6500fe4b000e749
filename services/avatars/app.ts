/** The avatars service as a Koa application: it knows nothing of users but their ids, and nothing of the mesh. */
import Router from '@koa/router';
import Koa, { type Middleware } from 'koa';
import type { Avatar } from '#shared/contracts/avatars.ts';
import type { Logger } from '#shared/logger.ts';
import { drawIdenticon } from './identicon.ts';

/** More than any id of ours has. */
const LONGEST_ID = 100;

/** What the avatars service is made of. */
export interface AvatarsAppOptions {
  logger: Logger;
  /** Comes first, so that all that follows is in the trace. */
  tracing: Middleware;
}

/** Makes the application, with `GET /avatars/:id` and `GET /health/live`; it listens nowhere yet. */
export function createAvatarsApp({ logger, tracing }: AvatarsAppOptions): Koa {
  const router = new Router();
  router.get('/avatars/:id', (ctx) => {
    const { id = '' } = ctx.params;
    if (id.length > LONGEST_ID) ctx.throw(404);
    const svg = Buffer.from(drawIdenticon(id)).toString('base64');
    ctx.body = { picture: `data:image/svg+xml;base64,${svg}` } satisfies Avatar;
  });
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'live' };
  });

  const app = new Koa();
  app.use(tracing);
  app.use(router.routes() as Middleware).use(router.allowedMethods() as Middleware);
  app.on('error', (error: Error) => logger.error({ err: error }, 'request failed'));
  return app;
}
