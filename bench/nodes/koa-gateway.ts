/** The gateway of the benchmark's mesh: Koa with one route into the mesh. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';
import type { ServiceBroker } from 'moleculer';
import type { Gateway } from './gateway.ts';

/** Longer than any round: a connection that the gateway closes just as it is used again is a failed request. */
const KEEP_ALIVE_MS = 600_000;

/** Listens on a free port of 127.0.0.1; `metaBytes` of payload go along with every call. */
export async function startKoaGateway(
  broker: ServiceBroker,
  { middlewares, metaBytes }: { middlewares: readonly Koa.Middleware[]; metaBytes: number },
): Promise<Gateway> {
  const payload = metaBytes === 0 ? {} : { payload: 'x'.repeat(metaBytes) };
  const router = new Router();
  router.get('/users/:id', async (ctx) => {
    const meta = { ...ctx.state['meta'], ...payload };
    ctx.body = await broker.call('users.get', { id: ctx.params['id'] }, { meta });
  });
  router.get('/ping', (ctx) => {
    ctx.body = { pong: true };
  });

  const app = new Koa();
  for (const middleware of middlewares) app.use(middleware);
  app.use(router.routes() as Koa.Middleware);
  const server = app.listen(0, '127.0.0.1');
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
