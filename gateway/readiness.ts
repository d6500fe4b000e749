/** Says whether this gateway can do its work: its broker is connected, and sees the services that the routes need. */
import type { ServiceBroker } from 'moleculer';
import { contracts } from '#shared/contracts/call.ts';

/** What is missing for this gateway to be ready; nothing, when it is. */
export function findMissing(broker: ServiceBroker): string[] {
  const { transit } = broker;
  if (transit && !transit.connected) return ['transporter'];
  return Object.entries(contracts)
    .filter(
      ([service, actions]) =>
        !Object.keys(actions).every((action) => isAvailable(broker, `${service}.${action}`)),
    )
    .map(([service]) => service);
}

function isAvailable(broker: ServiceBroker, action: string): boolean {
  return broker.registry.actions.isAvailable(action);
}
