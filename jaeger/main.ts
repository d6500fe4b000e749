/** The stand-in's process: `npm run jaeger`. */
import { loadJaegerConfig } from '#shared/config.ts';
import { ConfigError } from '#shared/errors.ts';
import { startLifecycle } from '#shared/lifecycle.ts';
import { createLogger } from '#shared/logger.ts';
import { ListenError } from './http/server.ts';
import { type Jaeger, startJaeger } from './jaeger.ts';

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof ListenError)) throw error;
  process.stderr.write(`jaeger: ${error.message}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const { ports, logLevel, warnings } = loadJaegerConfig(process.env);
  const logger = createLogger({ name: 'jaeger', level: logLevel });
  for (const warning of warnings) logger.warn(warning);

  let jaeger: Jaeger | undefined;
  const lifecycle = startLifecycle({ close: async () => jaeger?.close(), logger });
  jaeger = await startJaeger({ ...ports, logger });
  const collectors = [jaeger.collectorUrl, jaeger.agentUrl].filter((url) => url !== undefined);
  logger.info(`takes spans at ${collectors.join(' and ')}, shows them at ${jaeger.queryUrl}`);
  lifecycle.announceReady({
    name: 'jaeger',
    url: jaeger.queryUrl,
    urls: { collector: jaeger.collectorUrl, ...(jaeger.agentUrl && { agent: jaeger.agentUrl }) },
  });
}
