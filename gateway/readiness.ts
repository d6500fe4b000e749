/** Says whether this gateway can do its work: its broker is connected, and sees the services that the routes need. */
import type { ServiceBroker } from 'moleculer';
import { contracts } from '#shared/contracts/call.ts';

/** Names what is missing for this gateway to be ready; nothing, when it is. */
export function findMissing(broker: ServiceBroker, isConnected: () => boolean): string[] {
  if (!isConnected()) return ['transporter'];
  return Object.entries(contracts)
    .filter(([service, actions]) => !hasAll(broker, service, Object.keys(actions)))
    .map(([service]) => service);
}

function hasAll(broker: ServiceBroker, service: string, actions: string[]): boolean {
  return actions.every((action) => broker.registry.actions.isAvailable(`${service}.${action}`));
}
