/** Says whether this gateway can do its work: its broker is connected, and sees the services that the routes need. */
import type { ServiceBroker } from 'moleculer';
import { contracts } from '#shared/contracts/call.ts';

/** The services without which routes fail; of those that only listen to events the gateway knows nothing. */
const NEEDED = ['hello', 'users'] as const;

/** Names what is missing for this gateway to be ready; nothing, when it is. */
export function findMissing(broker: ServiceBroker, isConnected: () => boolean): string[] {
  if (!isConnected()) return ['transporter'];
  return NEEDED.filter((service) => !hasAll(broker, service, Object.keys(contracts[service])));
}

function hasAll(broker: ServiceBroker, service: string, actions: string[]): boolean {
  return actions.every((action) => broker.registry.actions.isAvailable(`${service}.${action}`));
}
