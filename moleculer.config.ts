/** The composition root of every node that the runner starts: one process with the services of one folder. */
import { globSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { BrokerOptions, ServiceBroker } from 'moleculer';
import { createBrokerOptions } from '#shared/broker.ts';
import { loadMeshConfig } from '#shared/config.ts';
import { CodedError } from '#shared/errors.ts';
import type { RunningServer } from '#shared/http-server.ts';
import { LAST_SPANS_MS, startLifecycle } from '#shared/lifecycle.ts';
import { createLogger } from '#shared/logger.ts';
import { watchConnection } from '#shared/mesh-connection.ts';
import { createMetrics } from '#shared/metrics/metrics.ts';
import { startMetricsServer } from '#shared/metrics/metrics-server.ts';
import { readTogether } from '#shared/read-together.ts';
import { createTracing, traceFields } from '#shared/tracing/index.ts';
import { readSettings } from '#shared/tracing/settings.ts';

/** Called by the runner, which then makes a broker of the options, loads the services into it and starts it. */
export default function startNode(this: { servicePaths?: string[] }): BrokerOptions {
  try {
    const folders = this.servicePaths ?? [];
    // Files, since the runner takes the path of a folder for a pattern, and so finds nothing below one such as `mesh [1]`.
    this.servicePaths = findServiceFiles(folders);
    return createNode(folders);
  } catch (error) {
    return exitWith(error);
  }
}

/** The runner would go on, or print a bad setting as a crash, with a stack. */
function exitWith(error: unknown): never {
  process.stderr.write(`${error instanceof CodedError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}

function createNode(folders: string[]): BrokerOptions {
  const name = folders.map((folder) => basename(folder)).join('-');
  const [{ mesh, metrics: metricsAddress, logLevel, warnings }] = readTogether(
    () => loadMeshConfig(process.env),
    () => readSettings({ env: process.env, service: name }),
  );
  const logger = createLogger({ name, level: logLevel, mixin: traceFields });
  for (const warning of warnings) logger.warn(warning);
  const tracing = createTracing({ service: name, logger });
  const metrics = createMetrics(() => tracing.stats());

  let broker: ServiceBroker | undefined;
  let server: RunningServer | undefined;
  let isConnected = () => false;
  const lifecycle = startLifecycle({
    logger,
    close: async () => {
      await server?.close({ deadlineMs: 0 });
      await broker?.stop();
      await tracing.close({ deadlineMs: LAST_SPANS_MS });
    },
  });
  return {
    ...createBrokerOptions({ name, mesh, logger, tracing, metrics }),
    created: (created: ServiceBroker) => {
      broker = created;
      isConnected = watchConnection(created, logger);
    },
    started: async ({ services, nodeID }: ServiceBroker) => {
      const { host, port } = metricsAddress;
      if (port !== undefined) {
        const findMissing = () => (isConnected() ? [] : ['transporter']);
        server = await startMetricsServer({ host, port, metrics, findMissing }).catch(exitWith);
        logger.info(`tells of itself at ${server.url}/metrics`);
      }
      const served = services
        .map((service) => service.fullName)
        .filter((service) => !service.startsWith('$'));
      logger.info(`serves ${served.join(', ')} as ${nodeID} over ${mesh.natsUrl ? 'NATS' : 'loopback TCP'}`);
      lifecycle.announceReady({ name, services: served, ...(server && { metricsUrl: server.url }) });
    },
  };
}

/** What was to be served is not there. */
class NoServicesError extends CodedError {
  readonly code = 'NO_SERVICES';
}

/** The runner itself only warns where there are none, and runs on with nothing to serve. */
function findServiceFiles(folders: string[]): string[] {
  if (folders.length === 0) throw new NoServicesError('no folder of services given, such as services/users');
  return folders.flatMap((folder) => {
    const files = globSync('**/*.service.ts', { cwd: folder });
    if (files.length === 0) throw new NoServicesError(`no *.service.ts in ${folder}`);
    return files.map((file) => resolve(folder, file));
  });
}
