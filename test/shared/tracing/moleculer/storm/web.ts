/** A gateway: each kind of request is an action of `orders`. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';
import type { ServiceBroker } from 'moleculer';
import type { Tracing } from '#shared/tracing/index.ts';

/** Serves `GET /:kind/:key` on a free port, with the meta that came back in the answer. */
export async function startWeb(broker: ServiceBroker, tracing: Tracing): Promise<number> {
  const router = new Router();
  for (const kind of ['success', 'error', 'retry', 'event', 'stream', 'abort'])
    router.get(`/${kind}/:key`, async (ctx) => {
      const { key } = ctx.params as { key: string };
      const meta = { key };
      const answer = await broker.call(`orders.${kind}`, { key }, { meta });
      ctx.body = kind === 'stream' ? answer : { answer, meta };
    });
  const app = new Koa().use(tracing.koa()).use(router.routes() as Koa.Middleware);
  app.silent = true;
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
