/**
 * No tracing, but what the library does to Moleculer's list of pending requests beside it: held against this, the rest is
 * what tracing itself costs.
 */
import type { Context, Middleware, ServiceBroker } from 'moleculer';
import { renewingPendingRequests } from '#shared/tracing/moleculer/pending-requests.ts';
import type { Instrument } from './instrument.ts';

/** For the one broker of a process. */
export function createRenewing(): Instrument {
  let renew: () => void;
  const middleware = {
    created(broker: ServiceBroker) {
      renew = renewingPendingRequests(broker);
    },
    remoteAction: (next: (ctx: Context) => unknown) => (ctx: Context) => {
      renew();
      return next(ctx);
    },
  };
  return { koa: [], broker: { middlewares: [middleware as unknown as Middleware] }, makeSpan() {} };
}
