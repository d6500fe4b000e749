/** The real gateway within the test's own process, with services beside it and its trace at hand. */
import type { BrokerOptions, ServiceBroker, ServiceSchema } from 'moleculer';
import { type RunningServer, startServer } from '#shared/http-server.ts';
import { createLogger } from '#shared/logger.ts';
import { watchConnection } from '#shared/mesh-connection.ts';
import { createMetrics } from '#shared/metrics/metrics.ts';
import { measureActions } from '#shared/metrics/moleculer-metrics.ts';
import { resilience } from '#shared/resilience.ts';
import { traceFields } from '#shared/tracing/index.ts';
import { createMemoryTracing, type MemoryTracing } from '#shared/tracing/testing.ts';
import { type AppOptions, createApp } from '../../gateway/app.ts';
import { createReadiness } from '../../gateway/readiness.ts';
import { createAuditService } from '../../services/audit/audit.service.ts';
import helloService from '../../services/hello/hello.service.ts';
import { createLabService } from '../../services/lab/lab.service.ts';
import { createUsersService } from '../../services/users/users.service.ts';
import { startNode } from './broker-node.ts';
import type { Owner } from './processes.ts';
import { type Reply, sendRequest } from './requests.ts';

/** What {@link startGateway} is told. */
export interface GatewayOptions {
  /** @default audit, hello, the lab, whose neighbours are slow by a turn of the loop, and users in memory */
  services?: ServiceSchema[];
  broker?: BrokerOptions;
  /** More of the application's own options. */
  app?: Partial<AppOptions>;
}

/** What the gateway's tokens are signed with. */
export const JWT_SECRET = 'a secret of the tests that nobody else may know';

/** A running gateway. */
export interface TestGateway {
  url: string;
  broker: ServiceBroker;
  server: RunningServer;
  tracing: MemoryTracing;
  /** What was logged so far. */
  logLines(): Record<string, unknown>[];
  /** Sends a request whose path goes out as it is written. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

/** Starts a gateway that ends with the test. */
export async function startGateway(owner: Owner, options: GatewayOptions = {}): Promise<TestGateway> {
  const services = options.services ?? [
    createAuditService(),
    helloService,
    createLabService({}, { wait: () => new Promise(setImmediate) }),
    createUsersService({ USERS_DB: ':memory:' }),
  ];
  const tracing = createMemoryTracing({ service: 'gateway' });
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) > 0 };
  const logger = createLogger({ name: 'gateway', level: 'debug', mixin: traceFields, destination });
  const metrics = createMetrics(() => tracing.stats());
  let isConnected = () => false;
  const broker = await startNode(owner, services, {
    ...resilience,
    middlewares: [measureActions(metrics), tracing.moleculer()],
    ...options.broker,
    created: (created) => {
      isConnected = watchConnection(created, logger);
    },
  });
  const app = createApp({
    mesh: broker,
    readiness: createReadiness(broker, () => isConnected()),
    logger,
    tracing,
    metrics,
    jwtSecret: JWT_SECRET,
    servesLab: true,
    ...options.app,
  });
  const server = await startServer(app.callback(), {
    host: '127.0.0.1',
    port: 0,
    name: 'gateway',
    variables: { host: 'GATEWAY_HOST', port: 'GATEWAY_PORT' },
  });
  owner.teardown(() => server.close({ deadlineMs: 0 }));
  return {
    url: server.url,
    broker,
    server,
    tracing,
    logLines: () => lines.map((line) => JSON.parse(line)),
    send: (...request) => sendRequest(server.url, ...request),
  };
}
