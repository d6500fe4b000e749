/** The Moleculer middleware: which hook makes which span. */
import type { Middleware, ServiceBroker } from 'moleculer';
import { type ActionTracing, callHook, localAction } from './actions.ts';

export interface MoleculerTracing extends ActionTracing {
  /** Sends what is queued; called when the broker has stopped. */
  flush(): Promise<unknown>;
}

/**
 * The middleware for a broker. Middlewares of the broker's options are its innermost wrap, which never sees cache hits,
 * validation errors or timeouts; so the wrap of the actions is added once the broker is there, and lies outermost.
 */
export function moleculerMiddleware(tracing: MoleculerTracing): Middleware {
  return {
    name: 'Tracemesh',
    created: (broker: ServiceBroker) => {
      broker.middlewares.add({ name: 'TracemeshOutermost', localAction: localAction(tracing) });
    },
    call: callHook(tracing),
    stopped: () => tracing.flush(),
  } as unknown as Middleware;
}
