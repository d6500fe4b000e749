/** `/health`: for whatever runs this process, and decides whether to restart it or to send it requests. */
import type Router from '@koa/router';
import { errorBody } from '../errors.ts';

/** Adds `GET /health/live` and `GET /health/ready`, which names what `findMissing` finds. */
export function addHealthRoutes(router: Router, findMissing: () => string[]): void {
  router.get('/health/live', (ctx) => {
    ctx.body = { status: 'live' };
  });

  router.get('/health/ready', (ctx) => {
    const missing = findMissing();
    if (missing.length === 0) {
      ctx.body = { status: 'ready' };
      return;
    }
    ctx.status = 503;
    ctx.body = errorBody({
      code: 'NOT_READY',
      message: `Waiting for: ${missing.join(', ')}`,
      details: missing.map((field) => ({ field, message: 'is missing' })),
    });
  });
}
