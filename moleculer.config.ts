/** The composition root of every node that the runner starts: one process with the services of one folder. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import type { BrokerOptions, ServiceBroker } from 'moleculer';
import { createBrokerOptions } from '#shared/broker.ts';
import { loadMeshConfig } from '#shared/config.ts';
import { startLifecycle } from '#shared/lifecycle.ts';
import { createLogger } from '#shared/logger.ts';
import { readTogether } from '#shared/read-together.ts';
import { createTracing, traceFields } from '#shared/tracing/index.ts';
import { readSettings } from '#shared/tracing/settings.ts';

/** Called by the runner, which then makes a broker of the options, loads the services into it and starts it. */
export default function startNode(this: { servicePaths?: string[] }): BrokerOptions {
  try {
    return createNode(this.servicePaths ?? []);
  } catch (error) {
    // The runner would print it as a crash, with a stack.
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}

/** Of the time that a stop may take in all, what the last spans get. */
const CLOSE_DEADLINE_MS = 1500;

function createNode(folders: string[]): BrokerOptions {
  expectServices(folders);
  const name = folders.map((folder) => basename(folder)).join('-');
  const [{ mesh, logLevel, warnings }] = readTogether(
    () => loadMeshConfig(process.env),
    () => readSettings({ env: process.env, service: name }),
  );
  const logger = createLogger({ name, level: logLevel, mixin: traceFields });
  for (const warning of warnings) logger.warn(warning);
  const tracing = createTracing({ service: name, logger });

  let broker: ServiceBroker | undefined;
  const lifecycle = startLifecycle({
    logger,
    close: async () => {
      await broker?.stop();
      await tracing.close({ deadlineMs: CLOSE_DEADLINE_MS });
    },
  });
  return {
    ...createBrokerOptions({ name, mesh, logger, tracing }),
    created: (created: ServiceBroker) => {
      broker = created;
    },
    started: ({ services, nodeID }: ServiceBroker) => {
      const served = services.map((service) => service.name).filter((service) => !service.startsWith('$'));
      logger.info(`serves ${served.join(', ')} as ${nodeID} over ${mesh.natsUrl ? 'NATS' : 'loopback TCP'}`);
      lifecycle.announceReady({ name });
    },
  };
}

/** The runner itself only warns, and runs on with nothing to serve. */
function expectServices(folders: string[]): void {
  if (folders.length === 0) throw new Error('no folder of services given, such as services/users');
  for (const folder of folders) {
    if (globSync('**/*.service.ts', { cwd: folder }).length === 0)
      throw new Error(`no *.service.ts in ${folder}`);
  }
}
