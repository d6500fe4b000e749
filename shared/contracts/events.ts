/** Emits events, and listens to them, with their names and payloads checked by the compiler. */
import type { Context, ServiceSchema } from 'moleculer';
import type Type from 'typebox';
import type { EventContract, EventsContract } from './contract.ts';
import { usersEvents } from './users.ts';

/** The events of all services. */
export const events = { ...usersEvents } satisfies EventsContract;

/** `user.tested`, ... */
export type EventName = keyof typeof events;

/** What the event of this name says. */
export type PayloadOf<N extends EventName> = Type.Static<(typeof events)[N]['payload']>;

/** Who can emit: a broker, or the context of an action or event, to which the event then belongs. */
export interface Emitter {
  emit(event: string, payload: unknown): Promise<unknown>;
  broadcast(event: string, payload: unknown): Promise<unknown>;
}

/** Emits an event to those that its contract names. The payload is checked where it arrives, not here. */
export async function emit<N extends EventName>(
  emitter: Emitter,
  name: N,
  payload: PayloadOf<N>,
): Promise<void> {
  const contract = events[name] as EventContract;
  await (contract.hearers === 'every-node' ? emitter.broadcast(name, payload) : emitter.emit(name, payload));
}

/** One function for each event that a service listens to. */
export type EventHandlers = {
  [N in EventName]?: (payload: PayloadOf<N>, ctx: Context) => void | Promise<void>;
};

type Handle = (payload: unknown, ctx: Context) => unknown;

/** The `events` of a service: the contracts' payloads, checked, in front of its functions. */
export function listen(handlers: EventHandlers): NonNullable<ServiceSchema['events']> {
  const listeners = Object.entries(handlers).map(([name, handle]) => {
    const { payload } = events[name as EventName];
    // Moleculer would guess from the names of the function's parameters what it is called with.
    const handler = (ctx: Context) => (handle as Handle)(ctx.params, ctx);
    return [name, { params: { ...payload }, context: true, handler }];
  });
  return Object.fromEntries(listeners);
}
