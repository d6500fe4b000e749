/**
 * What a node does whose tracing is switched off, among others that trace: it keeps their contexts from its handlers, and
 * hands them on with what the handlers cause. Behind it the trace goes on, sampled or not as it was before.
 */
import type { Context, Middleware, ServiceBroker } from 'moleculer';
import type { ActionDefinition } from './action-definition.ts';
import { type Carrier, takeCarrier, takeEventCarrier } from './carrier.ts';
import { carryEvents, carrying, ignoreAnsweredCarriers } from './on-the-wire.ts';
import { Onion } from './onion.ts';

type Handler = (ctx: Context) => unknown;

/** The middleware that traces nothing. */
export function disabledMiddleware(): Middleware {
  return {
    name: 'Tracemesh',
    created(broker: ServiceBroker) {
      const onion = new Onion(broker);
      onion.put('localAction', hiding(takeCarrier), 'outermost');
      onion.put('localEvent', hiding(takeEventCarrier), 'outermost');
      onion.put('remoteAction', handOnCall, 'innermost');
      carryEvents(broker, handOn);
    },
    transitMessageHandler: ignoreAnsweredCarriers,
  } as unknown as Middleware;
}

/** The carriers that came with the executions and events that caused a context. */
const carriers = new WeakMap<Context, unknown>();

function hiding(take: (ctx: Context) => unknown) {
  return (next: Handler): Handler =>
    (ctx) => {
      const carrier = take(ctx) ?? causeOf(ctx);
      if (carrier !== undefined) carriers.set(ctx, carrier);
      return next(ctx);
    };
}

function causeOf({ options }: Context): unknown {
  const parent = options?.parentCtx;
  return parent ? carriers.get(parent) : undefined;
}

/** Whatever it is: who is to read it has to take garbage anyway. */
const handOn = carrying((ctx) => causeOf(ctx) as Carrier | undefined);

/** Moleculer's own actions are not traced, and would show it. */
function handOnCall(next: Handler, { name }: ActionDefinition): Handler {
  return name?.startsWith('$') ? next : handOn(next);
}
