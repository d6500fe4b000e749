/** A broker node within the test's own process. */
import { type BrokerOptions, ServiceBroker, type ServiceSchema } from 'moleculer';
import { ContractValidator } from '#shared/contracts/validator.ts';
import type { Owner } from './processes.ts';

/** A started node with these services, which stops when the test has ended; silent and alone unless told otherwise. */
export async function startNode(
  owner: Owner,
  services: ServiceSchema[],
  options: BrokerOptions = {},
): Promise<ServiceBroker> {
  const broker = new ServiceBroker({ logger: false, validator: new ContractValidator(), ...options });
  for (const service of services) broker.createService(service);
  await broker.start();
  owner.teardown(() => broker.stop());
  return broker;
}
