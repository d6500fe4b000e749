/** No tracing: OpenTracing's own no-op tracer, no sockets, and no hooks but those of moleculer/disabled.ts. */
import * as opentracing from 'opentracing';
import { type Backend, NO_STATS } from './backend.ts';

export function createNoBackend(): Backend {
  return {
    enabled: false,
    createTracer: () => new opentracing.Tracer(),
    stats: () => NO_STATS,
    flush: async () => {},
    close: async () => ({ sent: 0, dropped: 0 }),
  };
}
