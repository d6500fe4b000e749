/** Says whether this gateway can do its work: its broker is connected, and sees the services that the routes need. */
import type { ServiceBroker } from 'moleculer';
import { contracts } from '#shared/contracts/call.ts';

/** What {@link findMissing} needs to know of this gateway. */
export interface ReadinessOptions {
  isConnected: () => boolean;
  /** Whether it has the routes of the lab. */
  servesLab: boolean;
}

/** The services without which routes fail; of those that only listen to events the gateway knows nothing. */
const NEEDED = ['hello', 'users'] as const;

/** Names what is missing for this gateway to be ready; nothing, when it is. */
export function findMissing(broker: ServiceBroker, { isConnected, servesLab }: ReadinessOptions): string[] {
  if (!isConnected()) return ['transporter'];
  const needed = servesLab ? [...NEEDED, 'lab' as const] : NEEDED;
  return needed.filter((service) => !hasAll(broker, service, Object.keys(contracts[service])));
}

function hasAll(broker: ServiceBroker, service: string, actions: string[]): boolean {
  return actions.every((action) => broker.registry.actions.isAvailable(`${service}.${action}`));
}
