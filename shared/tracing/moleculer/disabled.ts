/** What a node does whose tracing is switched off, among others that trace: it keeps their contexts from its handlers. */
import type { Context, Middleware, ServiceBroker } from 'moleculer';
import { type Meta, withoutCarrier } from './carrier.ts';
import { Onion } from './onion.ts';

type Handler = (ctx: Context) => unknown;

/** The middleware that traces nothing. */
export function disabledMiddleware(): Middleware {
  return {
    name: 'Tracemesh',
    created(broker: ServiceBroker) {
      const onion = new Onion(broker);
      onion.put('localAction', withoutContext, 'outermost');
      onion.put('localEvent', withoutContext, 'outermost');
    },
  } as unknown as Middleware;
}

function withoutContext(next: Handler): Handler {
  return (ctx) => {
    ctx.meta = withoutCarrier(ctx.meta as Meta);
    return next(ctx);
  };
}
