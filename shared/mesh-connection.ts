/** Knows whether a broker is connected to the mesh, and says in the log when the connection is lost and found. */
import type { ServiceBroker } from 'moleculer';
import type { Logger } from './logger.ts';

/** The part of a NATS connection that is watched here. */
interface NatsConnection {
  status(): AsyncIterable<{ type: string; data: unknown }>;
}

/**
 * Watches the connection of a broker that has not been started yet. Moleculer itself takes a NATS connection for
 * connected while nats.js tries, for as long as it takes, to get it back.
 * @returns a function that says whether the broker is connected now; true where it has no transporter at all
 */
export function watchConnection(broker: ServiceBroker, logger: Pick<Logger, 'warn'>): () => boolean {
  let lost = false;

  async function followNats(connection: NatsConnection): Promise<void> {
    for await (const { type, data: server } of connection.status()) {
      if (type === 'disconnect') {
        lost = true;
        logger.warn(`lost the connection to NATS at ${server}, trying to get it back`);
      } else if (type === 'reconnect') {
        lost = false;
        logger.warn(`has the connection to NATS at ${server} again`);
      }
    }
  }

  broker.localBus.on('$transporter.connected', () => {
    lost = false;
    const connection = natsConnectionOf(broker);
    if (connection) void followNats(connection);
  });
  return () => !lost && (broker.transit?.connected ?? true);
}

function natsConnectionOf(broker: ServiceBroker): NatsConnection | undefined {
  const { client } = (broker.transit?.tx ?? {}) as { client?: Partial<NatsConnection> | null };
  return typeof client?.status === 'function' ? (client as NatsConnection) : undefined;
}
