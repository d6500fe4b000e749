/** A Koa application behind `tracing.koa()`, with its spans at hand. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import type { ExecutionContext } from 'ava';
import Koa from 'koa';
import type { KoaOptions } from '#shared/tracing/index.ts';
import { createMemoryTracing, type MemoryTracing, noOrphans, spanTree } from '#shared/tracing/testing.ts';
import { until } from './until.ts';

export interface Listening {
  readonly server: Server;
  readonly url: string;
  readonly port: number;
}

export interface App extends Listening {
  readonly tracing: MemoryTracing;
  /** The tree once all spans are there, with the tags that tell of HTTP. */
  tree(spans: number): Promise<string>;
}

/** Lets an application listen until the test has ended, whose default listener for errors is quiet. */
export async function listen(t: ExecutionContext, koa: Koa): Promise<Listening> {
  koa.silent = true;
  const server = koa.listen(0, '127.0.0.1');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `http://127.0.0.1:${port}` };
}

/** A Koa application behind `tracing.koa()`, listening. */
export async function startApp(
  t: ExecutionContext,
  setUp: (app: Koa, router: Router) => void,
  options?: KoaOptions,
): Promise<App> {
  const tracing = createMemoryTracing({ service: 'api' });
  const koa = new Koa();
  koa.use(tracing.koa(options));
  const router = new Router();
  setUp(koa, router);
  koa.use(router.routes() as Koa.Middleware).use(router.allowedMethods() as Koa.Middleware);
  const tree = async (spans: number): Promise<string> => {
    await until(() => tracing.spans.length >= spans);
    noOrphans(tracing.spans);
    return spanTree(tracing.spans, {
      tags: ['http.method', 'http.route', 'http.status_code', 'http.aborted'],
    });
  };
  return { ...(await listen(t, koa)), tracing, tree };
}
