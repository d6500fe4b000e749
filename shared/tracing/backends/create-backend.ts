/** The one place where a tracing system is chosen. */
import type { TracingSettings } from '../options.ts';
import { createHttpReporter, type Reporter } from '../reporter/reporter.ts';
import { THRIFT_CONTENT_TYPE } from '../thrift/thrift-batches.ts';
import { type Backend, NO_STATS } from './backend.ts';
import { createJaegerBackend } from './jaeger.ts';
import { createJaegerClientBackend } from './jaeger-client.ts';
import { createMemoryBackend } from './memory.ts';
import { createNoBackend } from './none.ts';

/** The backend that the settings name; connects to nothing yet. */
export function createBackend(settings: TracingSettings): Backend {
  const { backend } = settings;
  if (typeof backend === 'function')
    return {
      enabled: true,
      createTracer: backend,
      stats: () => NO_STATS,
      close: async () => ({ sent: 0, dropped: 0 }),
    };
  switch (backend) {
    case 'jaeger':
      return createJaegerBackend(httpReporter(settings), settings);
    case 'jaeger-client':
      return createJaegerClientBackend(httpReporter(settings), settings);
    case 'memory':
      return createMemoryBackend(settings);
    case 'none':
      return createNoBackend();
  }
}

function httpReporter({ endpoint, endpointHeaders }: TracingSettings): Reporter {
  return createHttpReporter({ endpoint, contentType: THRIFT_CONTENT_TYPE, headers: endpointHeaders });
}
