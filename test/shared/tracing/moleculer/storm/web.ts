/** A gateway: each kind of request is an action of `orders`. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';
import type { ServiceBroker } from 'moleculer';
import { type Tracing, traceFields } from '#shared/tracing/index.ts';

/** A gateway that serves. */
export interface Web {
  readonly port: number;
  /** The traces that it has begun: who hangs up is not told of his. */
  readonly traceIds: readonly string[];
}

/** Serves `GET /:kind/:key` on a free port, with the meta that came back in the answer. */
export async function startWeb(broker: ServiceBroker, tracing: Tracing): Promise<Web> {
  const traceIds: string[] = [];
  const router = new Router();
  for (const kind of ['success', 'error', 'retry', 'event', 'stream', 'abort', 'ignored'])
    router.get(`/${kind}/:key`, async (ctx) => {
      const { key } = ctx.params as { key: string };
      const { traceId } = traceFields();
      if (traceId) traceIds.push(traceId);
      const meta = { key };
      const answer = await broker.call(`orders.${kind}`, { key }, { meta });
      ctx.body = kind === 'stream' ? answer : { answer, meta };
    });
  const app = new Koa().use(tracing.koa({ ignore: ['/ignored/*'] })).use(router.routes() as Koa.Middleware);
  app.silent = true;
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, traceIds };
}
