/** The one place where a tracing system is chosen. */
import type { TracingSettings } from '../settings.ts';
import { createSampler } from '../tracer/sampling.ts';
import type { Backend } from './backend.ts';
import { createCollector } from './collector.ts';
import { createCustomBackend } from './custom.ts';
import { createJaegerBackend } from './jaeger.ts';
import { createJaegerClientBackend } from './jaeger-client.ts';
import { createMemoryBackend } from './memory.ts';
import { createNoBackend } from './none.ts';

/** The backend that the settings name; connects to nothing yet. */
export function createBackend(settings: TracingSettings): Backend {
  const { backend, logger, warnings } = settings;
  for (const warning of warnings) logger.warn(warning);
  if (typeof backend === 'function') return createCustomBackend(backend, logger);
  const options = {
    processTags: settings.processTags,
    flushIntervalMs: settings.flushIntervalMs,
    createSampler: samplers(settings),
    logLoss: settings.logLoss,
    logSpan: settings.logSpans ? (line: string) => logger.info(line) : undefined,
  };
  switch (backend) {
    case 'jaeger':
      return createJaegerBackend(createCollector(settings), options);
    case 'jaeger-client':
      return createJaegerClientBackend(createCollector(settings), options);
    case 'memory':
      return createMemoryBackend(options);
    case 'none':
      return createNoBackend();
  }
}

/** Makes the sampler of each service. */
export function samplers({ sampler, logger }: Pick<TracingSettings, 'sampler' | 'logger'>) {
  return (service: string) => createSampler(sampler, { service, logger });
}
