/** Says whether this gateway can do its work: its broker is connected, and sees the services that the routes need. */
import type { ServiceBroker } from 'moleculer';
import { contracts } from '#shared/contracts/call.ts';

/** What a gateway can say of its mesh. */
export interface Readiness {
  /** Names what is missing for it to be ready; nothing, when it is. */
  findMissing(): string[];
  /** Names the services that it sees, needed or not. */
  listServices(): string[];
}

/** The services without which routes fail: not those that only listen to events, nor the lab, which is there to be looked at. */
const NEEDED = ['hello', 'users'] as const;

/** The readiness of the gateway with this broker. */
export function createReadiness(broker: ServiceBroker, isConnected: () => boolean): Readiness {
  return {
    findMissing() {
      if (!isConnected()) return ['transporter'];
      return NEEDED.filter((service) => !hasAll(broker, service, Object.keys(contracts[service])));
    },
    listServices() {
      const services = broker.registry.getServiceList({ onlyAvailable: true, skipInternal: true });
      return [...new Set(services.map(({ fullName }) => fullName))].sort();
    },
  };
}

function hasAll(broker: ServiceBroker, service: string, actions: string[]): boolean {
  return actions.every((action) => broker.registry.actions.isAvailable(`${service}.${action}`));
}
