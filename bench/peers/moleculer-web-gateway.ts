/** The same gateway made with moleculer-web. */

import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { ServiceBroker, ServiceSchema } from 'moleculer';
import type { Gateway } from '../nodes/gateway.ts';

const require = createRequire(import.meta.url);

/** Adds the API service to a broker that has not started; its URL is known once the broker has. */
export function createMoleculerWebGateway(broker: ServiceBroker): () => Gateway {
  const ApiService = require('moleculer-web') as ServiceSchema;
  const service = broker.createService({
    name: 'api',
    mixins: [ApiService],
    settings: { ip: '127.0.0.1', port: 0, routes: [{ aliases: { 'GET /users/:id': 'users.get' } }] },
  });
  return () => {
    const { server } = service as unknown as { server: Server };
    server.keepAliveTimeout = 600_000; // as the other gateway's
    // The broker closes it when it stops.
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: async () => {} };
  };
}
