/** The composition root of every node that the runner starts: one process with the services of one folder. */
import { basename } from 'node:path';
import type { BrokerOptions, ServiceBroker } from 'moleculer';
import { createBrokerOptions } from '#shared/broker.ts';
import { loadMeshConfig } from '#shared/config.ts';
import { startLifecycle } from '#shared/lifecycle.ts';
import { createLogger } from '#shared/logger.ts';
import { createTracing, traceFields } from '#shared/tracing/index.ts';

/** Called by the runner, which then makes a broker of the options, loads the services into it and starts it. */
export default function startNode(this: { servicePaths?: string[] }): BrokerOptions {
  const folders = this.servicePaths ?? [];
  const name = folders.map((folder) => basename(folder)).join('-') || 'services';
  const { mesh, logLevel, warnings } = loadMeshConfig(process.env);
  const logger = createLogger({ name, level: logLevel, mixin: traceFields });
  for (const warning of warnings) logger.warn(warning);
  const tracing = createTracing({ service: name, logger });

  let broker: ServiceBroker | undefined;
  const lifecycle = startLifecycle({ logger, close: async () => broker?.stop() });
  return {
    ...createBrokerOptions({ name, mesh, logger, tracing }),
    created: (created: ServiceBroker) => {
      broker = created;
    },
    started: ({ services, nodeID }: ServiceBroker) => {
      const served = services.map((service) => service.name).filter((service) => !service.startsWith('$'));
      if (served.length === 0)
        throw new Error(`no *.service.ts in ${folders.join(', ') || 'no folder given'}`);
      logger.info(`serves ${served.join(', ')} as ${nodeID} over ${mesh.natsUrl ? 'NATS' : 'loopback TCP'}`);
      lifecycle.announceReady({ name });
    },
  };
}
