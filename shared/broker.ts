/** The only maker of broker options, for the nodes that the runner starts and for the gateway alike. */
import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { BrokerOptions, Middleware } from 'moleculer';
import { BrokerLog } from './broker-log.ts';
import type { MeshConfig } from './config.ts';
import { ContractValidator } from './contracts/validator.ts';
import type { Logger } from './logger.ts';
import { LoopbackTcp } from './loopback-tcp.ts';
import type { Metrics } from './metrics/metrics.ts';
import { measureActions } from './metrics/moleculer-metrics.ts';
import { parseNatsUrl } from './nats-options.ts';
import { resilience } from './resilience.ts';

/** What makes one node's broker differ from another's. */
export interface BrokerSettings {
  /** What the node is called: `gateway`, or its folder of services. */
  name: string;
  /** Where the mesh is. */
  mesh: MeshConfig;
  logger: Logger;
  tracing: { moleculer(): Middleware };
  /** Measures what the node does. @default nothing does */
  metrics?: Metrics;
}

/** Makes the options of one node's broker. The process owns its signals, see `lifecycle.ts`: no broker does. */
export function createBrokerOptions({ name, mesh, logger, tracing, metrics }: BrokerSettings) {
  return {
    namespace: mesh.namespace,
    nodeID: createNodeId(name),
    transporter: mesh.natsUrl
      ? { type: 'NATS', options: { ...parseNatsUrl(mesh.natsUrl), name } }
      : new LoopbackTcp({ namespace: mesh.namespace, root: join(import.meta.dirname, '..') }),
    middlewares: [...(metrics ? [measureActions(metrics)] : []), tracing.moleculer()],
    validator: new ContractValidator(),
    logger: new BrokerLog(logger),
    tracking: { enabled: true, shutdownTimeout: 3000 }, // a stop waits for the calls that run here
    ...resilience,
    // The others learn of services at once, not a second later (an option that Moleculer's types lack).
    transit: { serviceChangedDebounceTime: 20 } as BrokerOptions['transit'],
    dependencyInterval: 50,
    skipProcessEventRegistration: true,
  } satisfies BrokerOptions;
}

/** Unique and readable, such as `users-4711@host`; in a container every process is number 1. */
function createNodeId(name: string): string {
  const process_ = process.pid === 1 ? `1-${randomInt(36 ** 5).toString(36)}` : process.pid;
  return `${name}-${process_}@${hostname()}`;
}
