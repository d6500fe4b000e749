/** Where contexts are put into what goes to other nodes, and taken out of what these answer. */
import type { Context, ServiceBroker } from 'moleculer';
import { type Carrier, type Meta, takeCarrier, withCarrier } from './carrier.ts';

type Send = (ctx: Context) => unknown;

/** Wraps whatever writes a context to the wire. */
export type Carry = (send: Send) => Send;

/**
 * Puts the carrier of a context into its meta for just as long as it is written to the wire. Nobody sees it there, and
 * what the callee answers in its meta goes where it goes untraced.
 */
export function carrying(carrierFor: (ctx: Context) => Carrier | undefined): Carry {
  return (send) => (ctx) => {
    const carrier = carrierFor(ctx);
    if (carrier === undefined) return send(ctx);
    const { meta } = ctx;
    ctx.meta = withCarrier(meta as Meta, carrier);
    try {
      return send(ctx);
    } finally {
      ctx.meta = meta;
    }
  };
}

/** Events are written to the wire here; there is no hook for it. */
export function carryEvents({ transit }: ServiceBroker, carry: Carry): void {
  if (!transit) return;
  const send = transit.sendEvent.bind(transit) as Send;
  const carried = carry(send);
  transit.sendEvent = ((ctx: Context) =>
    ctx.eventName?.startsWith('$') ? send(ctx) : carried(ctx)) as never;
}

type MessageHandler = (command: string, packet: { payload?: { meta?: unknown } }) => unknown;

const RESPONSE = 'RES';

/** A callee without tracing sends the carrier back in its meta, which is merged into the caller's. */
export function ignoreAnsweredCarriers(next: MessageHandler): MessageHandler {
  return (command, packet) => {
    if (command === RESPONSE && packet.payload) takeCarrier(packet.payload);
    return next(command, packet);
  };
}
