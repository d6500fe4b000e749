/** The composition root of the gateway's process. */
import { randomBytes } from 'node:crypto';
import { ServiceBroker } from 'moleculer';
import { createBrokerOptions } from '#shared/broker.ts';
import { loadGatewayConfig } from '#shared/config.ts';
import { CodedError } from '#shared/errors.ts';
import { type RunningServer, startServer } from '#shared/http-server.ts';
import { LAST_SPANS_MS, startLifecycle } from '#shared/lifecycle.ts';
import { createLogger, type Logger } from '#shared/logger.ts';
import { watchConnection } from '#shared/mesh-connection.ts';
import { createMetrics } from '#shared/metrics/metrics.ts';
import { readTogether } from '#shared/read-together.ts';
import { createTracing, traceFields } from '#shared/tracing/index.ts';
import { readSettings } from '#shared/tracing/settings.ts';
import { createApp } from './app.ts';
import { createReadiness } from './readiness.ts';

/** How long requests that run may go on when the process is asked to stop. */
const DRAIN_DEADLINE_MS = 4000;
const VARIABLES = { host: 'GATEWAY_HOST', port: 'GATEWAY_PORT' };

async function startGateway(): Promise<void> {
  const [{ gateway, auth, mesh, logLevel, warnings }] = readTogether(
    () => loadGatewayConfig(process.env),
    () => readSettings({ env: process.env, service: 'gateway' }),
  );
  const logger = createLogger({ name: 'gateway', level: logLevel, mixin: traceFields });
  for (const warning of warnings) logger.warn(warning);
  const tracing = createTracing({ service: 'gateway', logger });
  const metrics = createMetrics(() => tracing.stats());
  const broker = new ServiceBroker(createBrokerOptions({ name: 'gateway', mesh, logger, tracing, metrics }));
  const isConnected = watchConnection(broker, logger);
  const app = createApp({
    mesh: broker,
    readiness: createReadiness(broker, isConnected),
    logger,
    tracing,
    metrics,
    jwtSecret: auth.jwtSecret ?? makeSecret(logger),
    adminEmails: auth.adminEmails,
    corsOrigins: gateway.corsOrigins,
    proxies: gateway.proxies,
    servesLab: gateway.servesLab,
  });

  let server: RunningServer | undefined;
  const lifecycle = startLifecycle({
    logger,
    close: async () => {
      await server?.close({ deadlineMs: DRAIN_DEADLINE_MS });
      await broker.stop();
      await tracing.close({ deadlineMs: LAST_SPANS_MS });
    },
  });
  // Before the mesh: a port in use is found at once, and whoever asks meanwhile hears that it is not ready.
  server = await startServer(app.callback(), { ...gateway, name: 'gateway', variables: VARIABLES });
  logger.info(`listening on ${server.url}`);
  await broker.start();
  lifecycle.announceReady({ name: 'gateway', url: server.url });
}

function makeSecret(logger: Logger): string {
  logger.warn('JWT_SECRET is not set: tokens are good for this process alone');
  return randomBytes(32).toString('base64url');
}

try {
  await startGateway();
} catch (error) {
  process.stderr.write(`${error instanceof CodedError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
