/** The Moleculer middleware: which hook makes which span, and where in Moleculer's onion each wrap lies. */
import type { Middleware, ServiceBroker } from 'moleculer';
import type { Tracer } from 'opentracing';
import { MoleculerTracingError } from '../errors.ts';
import { callTracing } from './call-hook.ts';
import { consumerWrap, producerHooks } from './events.ts';
import { executionWrap } from './execution-wrap.ts';
import { carryCause } from './hop.ts';
import { attemptWrap, dequeueWrap, fallbackWrap, handlerWrap, queueWrap, type Wrap } from './inner-wraps.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import { carryEvents, ignoreAnsweredCarriers } from './on-the-wire.ts';
import { Onion } from './onion.ts';
import { OpenEnds } from './open-ends.ts';
import { renewPendingRequests } from './pending-requests.ts';
import type { CaptureDefaults } from './span-settings.ts';
import { watchContexts } from './traced-context.ts';

/** The options of {@link Tracing.moleculer}. */
export interface MoleculerOptions {
  /** What of params, meta, headers and responses becomes tags where an action or event says nothing. @default nothing */
  capture?: CaptureDefaults | undefined;
  /** Trace calls of Moleculer's own `$node.*` actions too. @default false */
  internal?: boolean | undefined;
  /** Milliseconds for which a span waits for a handler that the deadline did not stop. @default 60000 */
  lateCapMs?: number | undefined;
}

/** What the middleware needs of the tracing that it belongs to. */
export interface MoleculerParts {
  tracerFor(service: string): Tracer;
  readonly service: string;
  /**
   * Told of each broker, so that the process's tags name its node, or all nodes where there are several. Returns a function
   * to be called when the broker has stopped.
   */
  addNode(nodeID: string): () => void;
  flush(): Promise<unknown>;
}

const LATE_CAP_MS = 60_000;

/** A timer that is set to more, as to Infinity, runs off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The middleware for one broker or several. Middlewares of the broker's options are its innermost wrap, and Moleculer's
 * own lie around them; so the wraps that have to lie elsewhere are put there once the broker is made.
 */
export function moleculerMiddleware(parts: MoleculerParts, options: MoleculerOptions = {}): Middleware {
  const tracing: MoleculerTracing = {
    ...parts,
    capture: options.capture ?? {},
    internal: options.internal ?? false,
    lateCapMs: Math.min(options.lateCapMs ?? LATE_CAP_MS, LONGEST_TIMER_MS),
    openEnds: new OpenEnds(),
    retries: false,
  };
  const { hook, watch } = callTracing(tracing);
  const running = new Set<ServiceBroker>();
  const nodes = new WeakMap<ServiceBroker, () => void>();
  const addNode = (broker: ServiceBroker): void => {
    if (!nodes.has(broker)) nodes.set(broker, parts.addNode(broker.nodeID));
  };
  return {
    name: 'Tracemesh',
    created(broker: ServiceBroker) {
      addNode(broker);
      watchContexts(broker, watch);
      renewPendingRequests(broker);
      const onion = new Onion(broker);
      onion.put('localAction', handlerWrap, 'innermost');
      onion.put('localAction', dequeueWrap, { inside: 'Bulkhead' });
      onion.put('localAction', queueWrap, { outside: 'Bulkhead' });
      onion.put('localAction', attemptWrap(tracing), { inside: 'Retry' });
      onion.put('remoteAction', attemptWrap(tracing), { inside: 'Retry' });
      onion.put('localAction', fallbackWrap, { inside: 'Fallback' });
      onion.put('localAction', executionWrap(tracing), 'outermost');
      onion.put('remoteAction', carryWrap(tracing), 'innermost');
      onion.put('localEvent', dequeueWrap, { inside: 'Bulkhead' });
      onion.put('localEvent', queueWrap, { outside: 'Bulkhead' });
      onion.put('localEvent', consumerWrap(tracing), { inside: 'Debounce' });
      carryEvents(broker, carryCause);
    },
    call: hook,
    ...producerHooks(tracing),
    transitMessageHandler: ignoreAnsweredCarriers,
    async starting(broker: ServiceBroker) {
      if (broker.isTracingEnabled()) throw new MoleculerTracingError();
      addNode(broker); // it may have stopped before
    },
    async started(broker: ServiceBroker) {
      // Not as it begins to start: one that fails is never told to have stopped.
      running.add(broker);
    },
    async stopped(broker: ServiceBroker) {
      running.delete(broker);
      nodes.get(broker)?.();
      nodes.delete(broker);
      // What is open still may be of another broker.
      if (running.size === 0) tracing.openEnds.endAll('the broker has stopped');
      await tracing.flush();
    },
  } as unknown as Middleware;
}

/** Innermost of remote actions: what is not traced carries nothing. */
function carryWrap({ internal }: MoleculerTracing): Wrap {
  return (next, { name }) =>
    name?.startsWith('$') && !internal ? next : (carryCause(next as never) as never);
}
