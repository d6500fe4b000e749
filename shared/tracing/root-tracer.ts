/** Which tracer makes the spans that no other span has caused, where nothing else says: OpenTracing's global one. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tracer } from 'opentracing';
import * as opentracing from 'opentracing';

const own = new AsyncLocalStorage<Tracer>();

export function rootTracer(): Tracer {
  return own.getStore() ?? opentracing.globalTracer();
}

/** Runs `fn` with another one: tests that run at the same time share the global tracer, and each makes it its own. */
export function withRootTracer<Result>(tracer: Tracer, fn: () => Result): Result {
  return own.run(tracer, fn);
}
