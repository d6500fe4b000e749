/** The composition root of the avatars service's process: `npm run avatars`. */
import { loadAvatarsConfig } from '#shared/config.ts';
import { CodedError } from '#shared/errors.ts';
import { type RunningServer, startServer } from '#shared/http-server.ts';
import { LAST_SPANS_MS, startLifecycle } from '#shared/lifecycle.ts';
import { createLogger } from '#shared/logger.ts';
import { readTogether } from '#shared/read-together.ts';
import { createTracing, traceFields } from '#shared/tracing/index.ts';
import { readSettings } from '#shared/tracing/settings.ts';
import { createAvatarsApp } from './app.ts';

/** How long requests that run may go on when the process is asked to stop. */
const DRAIN_DEADLINE_MS = 1000;
const VARIABLES = { host: 'AVATARS_HOST', port: 'AVATARS_PORT' };

async function startAvatars(): Promise<void> {
  const [{ avatars, logLevel, warnings }] = readTogether(
    () => loadAvatarsConfig(process.env),
    () => readSettings({ env: process.env, service: 'avatars' }),
  );
  const logger = createLogger({ name: 'avatars', level: logLevel, mixin: traceFields });
  for (const warning of warnings) logger.warn(warning);
  const tracing = createTracing({ service: 'avatars', logger });
  // Only services of ours ask, so their word on the trace is good wherever they run.
  const app = createAvatarsApp({ logger, tracing: tracing.koa({ trust: 'all' }) });

  let server: RunningServer | undefined;
  const lifecycle = startLifecycle({
    logger,
    close: async () => {
      await server?.close({ deadlineMs: DRAIN_DEADLINE_MS });
      await tracing.close({ deadlineMs: LAST_SPANS_MS });
    },
  });
  server = await startServer(app.callback(), { ...avatars, name: 'avatars service', variables: VARIABLES });
  logger.info(`listening on ${server.url}`);
  lifecycle.announceReady({ name: 'avatars', url: server.url });
}

try {
  await startAvatars();
} catch (error) {
  process.stderr.write(`${error instanceof CodedError ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
