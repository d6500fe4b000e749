/** Tracers of the application's own: any OpenTracing ones, one per service. */
import type { Tracer } from 'opentracing';
import * as opentracing from 'opentracing';
import type { TracingLogger } from '../options.ts';
import { systemClock } from '../reporter/clock.ts';
import { clampDeadline, waitAtMost } from '../reporter/deadline.ts';
import { textOf } from '../text.ts';
import { ignoreRejection, isThenable } from '../thenable.ts';
import { type Backend, NO_STATS } from './backend.ts';
import { containTracer } from './contained-tracer.ts';

/** Most tracers have a `close` that sends what they hold, though OpenTracing does not name it. */
interface Closable {
  close(done: () => void): unknown;
}

/**
 * The backend over a factory; closing it closes those tracers that can be closed, within the deadline. A service whose
 * tracer cannot be made is not traced, and runs.
 */
export function createCustomBackend(
  factory: (service: string) => Tracer,
  logger: Pick<TracingLogger, 'warn'>,
): Backend {
  const tracers: Tracer[] = [];
  return {
    enabled: true,
    createTracer: (service) => {
      try {
        const tracer = tracerOf(factory(service));
        tracers.push(tracer);
        return containTracer(tracer);
      } catch (error) {
        logger.warn(`no tracer for ${service}: ${textOf(error)}`);
        return new opentracing.Tracer();
      }
    },
    stats: () => NO_STATS,
    // OpenTracing has no flush, and what most tracers have is a close, which is an end.
    flush: async () => {},
    close: async ({ deadlineMs }) => {
      await waitAtMost(clampDeadline(deadlineMs), Promise.all(tracers.map(closed)), systemClock);
      return { sent: 0, dropped: 0 };
    },
  };
}

/** What a factory has made; throws where that is no tracer, of which nobody else would hear. */
function tracerOf(made: Tracer | undefined): Tracer {
  if (typeof made?.startSpan === 'function') return made;
  ignoreRejection(made);
  throw new TypeError(`the factory returned ${isThenable(made) ? 'a promise' : 'none'}`);
}

function isClosable(tracer: object): tracer is Closable {
  return 'close' in tracer && typeof tracer.close === 'function';
}

/** Resolves when the tracer says that it is closed, by a callback or a promise; also where it throws. */
async function closed(tracer: Tracer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  try {
    if (!isClosable(tracer)) return;
    const closing = tracer.close(resolve);
    const takesCallback = tracer.close.length > 0 && !(closing instanceof Promise);
    await (takesCallback ? promise : closing);
  } catch {
    // It is the application's tracer: what it could not send is between the two of them.
  }
}
